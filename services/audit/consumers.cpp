#include "services/audit/consumers.hpp"

namespace waybill::audit {

std::vector<std::string> consumed_events() {
    return {"OrderCreated",
            "OrderReserved",
            "OrderConfirmed",
            "OrderCancelled",
            "OrderShipped",
            "ProductCreated",
            "ProductUpdated",
            "ProductDeleted",
            "InventoryAdjusted",
            "InventoryReserved",
            "InventoryReservationFailed",
            "InventoryReleased",
            "InventoryShipped",
            "LowStockAlert",
            "NotificationRequested",
            "NotificationSent",
            "NotificationFailed",
            "OperatorActed"};
}

Result<std::optional<Command>> command_of(const messaging::Message& message) {
    if (message.meta.event_id.is_nil()) return invalid("/messageId", "is required");
    return AppendEvent{std::make_shared<const StoredEvent>(
        StoredEvent{.seq = 0, .meta = message.meta, .data = message.data, .recorded_at = {}})};
}

}  // namespace waybill::audit
