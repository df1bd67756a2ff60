#include "services/orders/consumers.hpp"

#include "services/inventory/events.hpp"

namespace waybill::orders {
namespace {

using inventory::FailureReason;

CancelReason reason_of(FailureReason reason) {
    return reason == FailureReason::unknown_product ? CancelReason::unknown_product
                                                    : CancelReason::out_of_stock;
}

struct Told {
    std::int64_t version;  ///< of the event's aggregate
    Patience patience;
    using Answer = std::optional<Command>;

    Answer operator()(const inventory::InventoryReserved& event) const {
        return RecordReservation{event.order_id, patience};
    }
    Answer operator()(const inventory::InventoryReservationFailed& event) const {
        return RecordReservationFailure{event.order_id, reason_of(event.reason)};
    }
    Answer operator()(const inventory::ProductCreated& event) const { return remembered(event); }
    Answer operator()(const inventory::ProductUpdated& event) const { return remembered(event); }
    Answer operator()(const inventory::ProductDeleted& event) const {
        return ForgetProduct{{event.product_id, event.sku, event.name, Money{}, version, true}};
    }
    template <class E>
    Answer operator()(const E&) const {
        return std::nullopt;
    }

 private:
    template <class E>
    Answer remembered(const E& event) const {
        return RememberProduct{
            {event.product_id, event.sku, event.name, event.price, version, false}};
    }
};

}  // namespace

std::vector<std::string> consumed_events() {
    return {"InventoryReserved", "InventoryReservationFailed", "ProductCreated", "ProductUpdated",
            "ProductDeleted"};
}

Result<std::optional<Command>> command_of(const messaging::Message& message, Patience patience) {
    auto event = inventory::event_from_json(message.meta.type, message.data);
    if (!event) return fail(std::move(event.error()));
    return std::visit(Told{message.meta.aggregate_version, patience}, *event);
}

}  // namespace waybill::orders
