#include "app/event_contracts.hpp"

#include <map>

#include "chassis/base/check.hpp"
#include "services/audit/consumers.hpp"
#include "services/audit/shapes.hpp"
#include "services/inventory/consumers.hpp"
#include "services/inventory/shapes.hpp"
#include "services/notifications/consumers.hpp"
#include "services/notifications/shapes.hpp"
#include "services/orders/consumers.hpp"
#include "services/orders/shapes.hpp"

namespace waybill::app {
namespace {

using messaging::EventContract;

/// Published by every service's frame, for its dead letters.
constexpr std::string_view frame_event = "OperatorActed";
/// Published by others than the services.
constexpr std::string_view asked_from_outside = "NotificationRequested";

class ContractGatherer {
 public:
    template <class Schemas>
    void add_service(const std::string& service, const Schemas& schemas,
                     const std::vector<std::string>& consumed) {
        for (const auto& [type, schema] : schemas) {
            EventContract& event = of(std::string(type));
            CHECK(event.data_schema.empty() || event.data_schema == schema);
            event.data_schema = schema;
            if (type != frame_event && type != asked_from_outside)
                event.publishers.push_back(service);
        }
        of(std::string(frame_event)).publishers.push_back(service);
        for (const std::string& type : consumed) of(type).consumers.push_back(service);
    }

    void add_example(const EventExample& example, std::size_t number) {
        EventContract& event = of(std::string(example.identity.type));
        event.doc = example.doc;
        if (event.type != asked_from_outside)
            event.aggregate_type = example.identity.aggregate_type;
        EventMeta& meta = event.example.meta;
        meta.event_id = made_up_id(2 * number);
        meta.type = event.type;
        meta.aggregate_type = example.identity.aggregate_type;
        meta.aggregate_id = example.identity.aggregate_id;
        meta.aggregate_version = 1;
        meta.occurred_at = *Timestamp::parse("2026-11-23T10:00:00.123456Z");
        meta.correlation_id = *Uuid::parse("0193592e-6c3b-7000-8000-00000000c0de");
        meta.causation_id = made_up_id(2 * number + 1);
        meta.actor = {"a2f1c9f0-5d0e-4a5c-9f7e-0d5b3c1e8a77", "waybill-cli"};
        meta.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03";
        event.example.data = example.data;
    }

    std::vector<EventContract> all() {
        std::vector<EventContract> events;
        for (auto& [type, event] : events_) {
            CHECK(!event.data_schema.empty() && !event.example.data.empty());
            events.push_back(std::move(event));
        }
        return events;
    }

 private:
    EventContract& of(const std::string& type) {
        EventContract& event = events_[type];
        event.type = type;
        return event;
    }
    static Uuid made_up_id(std::size_t number) {
        return Uuid::v7(*Timestamp::parse("2026-11-23T10:00:00Z"), number);
    }
    std::map<std::string, EventContract> events_;
};

}  // namespace

std::vector<EventContract> event_contracts() {
    ContractGatherer gatherer;
    gatherer.add_service("orders", orders::event_schemas(), orders::consumed_events());
    gatherer.add_service("inventory", inventory::event_schemas(), inventory::consumed_events());
    gatherer.add_service("notifications", notifications::event_schemas(),
                         notifications::consumed_events());
    gatherer.add_service("audit", audit::event_schemas(), audit::consumed_events());
    const auto examples = event_examples();
    for (std::size_t i = 0; i < examples.size(); ++i) gatherer.add_example(examples[i], i);
    return gatherer.all();
}

}  // namespace waybill::app
