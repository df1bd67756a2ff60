#include "chassis/base/actor_shape.hpp"
#include "chassis/base/shape_schema.hpp"
#include "chassis/base/shape_write.hpp"
#include "services/audit/journey.hpp"

namespace waybill::audit {

using namespace json;

constexpr auto shape(Type<JourneyStep>) {
    using S = JourneyStep;
    return fields(field("at", &S::at), field("sinceStartMs", &S::since_start_ms),
                  field("service", &S::service), field("type", &S::type),
                  field("eventId", &S::event_id), field("aggregateType", &S::aggregate_type),
                  field("aggregateId", &S::aggregate_id), field("version", &S::version),
                  field("causationId", &S::causation_id), field("actor", &S::actor),
                  field("traceId", &S::trace_id), field("summary", &S::summary),
                  field("data", &S::data, doc("what the order's owner may see of the event")));
}
constexpr auto shape(Type<JourneyMovement>) {
    using M = JourneyMovement;
    return fields(field("productId", &M::product_id), field("sku", &M::sku),
                  field("kind", &M::kind, doc("reserve, release or ship")),
                  field("quantity", &M::quantity), field("at", &M::at));
}
constexpr auto shape(Type<JourneyNotification>) {
    using N = JourneyNotification;
    return fields(field("id", &N::id), field("type", &N::type), field("status", &N::status),
                  field("subject", &N::subject), field("at", &N::at));
}
constexpr auto shape(Type<Journey>) {
    using J = Journey;
    return fields(field("orderId", &J::order_id), field("orderNumber", &J::order_number),
                  field("customerId", &J::customer_id), field("status", &J::status),
                  field("correlationId", &J::correlation_id), field("traceIds", &J::trace_ids),
                  field("steps", &J::steps), field("stockMovements", &J::stock_movements),
                  field("notifications", &J::notifications), field("startedAt", &J::started_at),
                  field("settledAt", &J::settled_at, doc("when it was no longer Pending")),
                  field("durationMs", &J::duration_ms, doc("from start to settled")));
}

std::string to_json(const Journey& journey) {
    return write(journey);
}

const http::Schema journey_schema{"OrderJourney", output_schema<Journey>};

}  // namespace waybill::audit
