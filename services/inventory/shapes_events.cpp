#include <array>

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

template <class E>
Result<Event> read_event(std::string_view data) {
    auto event = json::read<E>(data, json::Unknown::ignore);
    if (!event) return fail(std::move(event.error()));
    return Event(std::move(*event));
}

struct PublishedEvent {
    std::string_view type;
    Result<Event> (*read)(std::string_view data);
    std::string (*schema)();
};
template <class E>
constexpr PublishedEvent published(std::string_view type) {
    return {type, read_event<E>, json::output_schema<E>};
}
constexpr std::array published_events{
    published<ProductCreated>("ProductCreated"),
    published<ProductUpdated>("ProductUpdated"),
    published<ProductDeleted>("ProductDeleted"),
    published<InventoryAdjusted>("InventoryAdjusted"),
    published<InventoryReserved>("InventoryReserved"),
    published<InventoryReservationFailed>("InventoryReservationFailed"),
    published<InventoryReleased>("InventoryReleased"),
    published<InventoryShipped>("InventoryShipped"),
    published<LowStockAlert>("LowStockAlert"),
};

}  // namespace

std::vector<std::pair<std::string_view, std::string>> event_schemas() {
    std::vector<std::pair<std::string_view, std::string>> schemas;
    for (const auto& event : published_events) schemas.emplace_back(event.type, event.schema());
    return schemas;
}

Result<Event> event_from_json(std::string_view type, std::string_view data) {
    for (const auto& event : published_events)
        if (event.type == type) return event.read(data);
    return fail(Problem::validation_failed,
                "inventory publishes no event of type " + std::string(type));
}

std::string to_json(const Event& event) {
    return std::visit(
        []<class E>(const E& one) -> std::string {
            if constexpr (json::Shaped<E>)
                return json::write(one);
            else
                return {};
        },
        event);
}

}  // namespace waybill::inventory
