#include "chassis/base/published.hpp"
#include "chassis/base/shape.hpp"
#include "chassis/base/shape_read.hpp"
#include "chassis/base/shape_schema.hpp"
#include "chassis/base/shape_write.hpp"
#include "services/inventory/shapes.hpp"

namespace waybill::inventory {

using json::field;
using json::fields;

constexpr auto shape(Type<ProductCreated>) {
    return fields(
        field("productId", &ProductCreated::product_id), field("sku", &ProductCreated::sku),
        field("name", &ProductCreated::name), field("description", &ProductCreated::description),
        field("price", &ProductCreated::price), field("currency", &ProductCreated::currency),
        field("lowStockThreshold", &ProductCreated::low_stock_threshold),
        field("quantity", &ProductCreated::quantity),
        field("movementId", &ProductCreated::movement_id));
}

constexpr auto shape(Type<ProductUpdated>) {
    return fields(
        field("productId", &ProductUpdated::product_id), field("sku", &ProductUpdated::sku),
        field("name", &ProductUpdated::name), field("description", &ProductUpdated::description),
        field("price", &ProductUpdated::price), field("currency", &ProductUpdated::currency),
        field("lowStockThreshold", &ProductUpdated::low_stock_threshold));
}

constexpr auto shape(Type<ProductDeleted>) {
    return fields(field("productId", &ProductDeleted::product_id),
                  field("sku", &ProductDeleted::sku), field("name", &ProductDeleted::name));
}

constexpr auto shape(Type<InventoryAdjusted>) {
    return fields(
        field("productId", &InventoryAdjusted::product_id), field("sku", &InventoryAdjusted::sku),
        field("oldQuantity", &InventoryAdjusted::old_quantity),
        field("newQuantity", &InventoryAdjusted::new_quantity),
        field("delta", &InventoryAdjusted::delta), field("reason", &InventoryAdjusted::reason),
        field("reference", &InventoryAdjusted::reference),
        field("movementId", &InventoryAdjusted::movement_id));
}

constexpr auto shape(Type<MovedLine>) {
    return fields(field("lineId", &MovedLine::line_id),
                  field("movementId", &MovedLine::movement_id),
                  field("productId", &MovedLine::product_id), field("sku", &MovedLine::sku),
                  field("quantity", &MovedLine::quantity));
}

constexpr auto shape(Type<ShortLine>) {
    return fields(field("productId", &ShortLine::product_id), field("sku", &ShortLine::sku),
                  field("requested", &ShortLine::requested),
                  field("available", &ShortLine::available));
}

/// The three that move a reservation have the same data.
template <class E>
constexpr auto moved_shape() {
    return fields(field("reservationId", &E::reservation_id), field("orderId", &E::order_id),
                  field("lines", &E::lines));
}
constexpr auto shape(Type<InventoryReserved>) {
    return moved_shape<InventoryReserved>();
}
constexpr auto shape(Type<InventoryReleased>) {
    return moved_shape<InventoryReleased>();
}
constexpr auto shape(Type<InventoryShipped>) {
    return moved_shape<InventoryShipped>();
}

constexpr auto shape(Type<InventoryReservationFailed>) {
    return fields(field("reservationId", &InventoryReservationFailed::reservation_id),
                  field("orderId", &InventoryReservationFailed::order_id),
                  field("reason", &InventoryReservationFailed::reason),
                  field("lines", &InventoryReservationFailed::lines));
}

constexpr auto shape(Type<LowStockAlert>) {
    return fields(field("productId", &LowStockAlert::product_id), field("sku", &LowStockAlert::sku),
                  field("name", &LowStockAlert::name),
                  field("available", &LowStockAlert::available),
                  field("threshold", &LowStockAlert::threshold));
}

namespace {

constexpr std::array published_events{
    published<Event, ProductCreated>("ProductCreated"),
    published<Event, ProductUpdated>("ProductUpdated"),
    published<Event, ProductDeleted>("ProductDeleted"),
    published<Event, InventoryAdjusted>("InventoryAdjusted"),
    published<Event, InventoryReserved>("InventoryReserved"),
    published<Event, InventoryReservationFailed>("InventoryReservationFailed"),
    published<Event, InventoryReleased>("InventoryReleased"),
    published<Event, InventoryShipped>("InventoryShipped"),
    published<Event, LowStockAlert>("LowStockAlert"),
};

}  // namespace

std::vector<std::pair<std::string_view, std::string>> event_schemas() {
    return schemas_of(published_events);
}

Result<Event> event_from_json(std::string_view type, std::string_view data) {
    return read_published(published_events, "inventory", type, data);
}

std::string to_json(const Event& event) {
    return write_published(event);
}

}  // namespace waybill::inventory
