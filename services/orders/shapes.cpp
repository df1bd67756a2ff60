#include "services/orders/shapes.hpp"

#include "chassis/base/published.hpp"
#include "chassis/base/shape.hpp"
#include "chassis/base/shape_read.hpp"
#include "chassis/base/shape_schema.hpp"
#include "chassis/base/shape_write.hpp"

namespace waybill::orders {

using json::count;
using json::doc;
using json::field;
using json::fields;
using json::length;
using json::one_of;
using json::optional;
using json::otherwise;
using json::range;
using json::strings;

constexpr auto shape(Type<OrderLine>) {
    return fields(field("id", &OrderLine::id), field("productId", &OrderLine::product_id),
                  field("sku", &OrderLine::sku), field("productName", &OrderLine::product_name),
                  field("quantity", &OrderLine::quantity),
                  field("unitPrice", &OrderLine::unit_price),
                  field("lineTotal", &OrderLine::line_total));
}

constexpr auto shape(Type<Order>) {
    return fields(
        field("id", &Order::id), field("orderNumber", &Order::order_number),
        field("customerId", &Order::customer_id), field("currency", &Order::currency),
        field("status", &Order::status), field("items", &Order::items),
        field("totalAmount", &Order::total_amount), field("confirmation", &Order::confirmation),
        field("note", &Order::note), field("metadata", &Order::metadata),
        field("cancellationReason", &Order::cancellation_reason),
        field("cancellationNote", &Order::cancellation_note),
        field("trackingNumber", &Order::tracking_number), field("carrier", &Order::carrier),
        field("createdAt", &Order::created_at), field("reservedAt", &Order::reserved_at),
        field("confirmedAt", &Order::confirmed_at), field("shippedAt", &Order::shipped_at),
        field("cancelledAt", &Order::cancelled_at),
        field("deadlineAt", &Order::deadline_at,
              doc("When the order cancels itself, while it waits")),
        field("version", &Order::version));
}

constexpr auto shape(Type<RequestedItem>) {
    return fields(field("productId", &RequestedItem::product_id, doc("Either this or sku")),
                  field("sku", &RequestedItem::sku, length(1, 200)),
                  field("quantity", &RequestedItem::quantity, range(1, 1'000'000)),
                  field("unitPrice", &RequestedItem::unit_price,
                        doc("An assertion: another price is a conflict")));
}

constexpr auto shape(Type<PlaceOrder>) {
    return fields(field("customerId", &PlaceOrder::customer_id, length(1, 255),
                        doc("The caller by default; another one needs the role operator")),
                  field("currency", &PlaceOrder::currency, doc("Must be the products'")),
                  field("confirmation", &PlaceOrder::confirmation, otherwise("automatic")),
                  field("items", &PlaceOrder::items, count(1, 100)),
                  field("note", &PlaceOrder::note, length(0, 2000)),
                  field("metadata", &PlaceOrder::metadata, optional, strings(20, 40, 500)));
}

constexpr auto shape(Type<ConfirmOrder>) {
    return fields();
}

constexpr auto shape(Type<CancelOrder>) {
    return fields(field("reason", &CancelOrder::reason,
                        one_of("customer_request", "operator", "payment_declined")),
                  field("note", &CancelOrder::note, length(0, 500)));
}

constexpr auto shape(Type<ShipOrder>) {
    return fields(field("trackingNumber", &ShipOrder::tracking_number, length(1, 100)),
                  field("carrier", &ShipOrder::carrier, length(1, 100)));
}

constexpr auto shape(Type<OrderCreated>) {
    return fields(
        field("orderId", &OrderCreated::order_id),
        field("orderNumber", &OrderCreated::order_number),
        field("customerId", &OrderCreated::customer_id), field("currency", &OrderCreated::currency),
        field("confirmation", &OrderCreated::confirmation), field("items", &OrderCreated::items),
        field("totalAmount", &OrderCreated::total_amount), field("note", &OrderCreated::note),
        field("metadata", &OrderCreated::metadata, optional),
        field("createdAt", &OrderCreated::created_at),
        field("deadlineAt", &OrderCreated::deadline_at),
        field("correlationId", &OrderCreated::correlation_id));
}

constexpr auto shape(Type<OrderReserved>) {
    return fields(field("orderId", &OrderReserved::order_id),
                  field("orderNumber", &OrderReserved::order_number),
                  field("customerId", &OrderReserved::customer_id),
                  field("deadlineAt", &OrderReserved::deadline_at));
}

constexpr auto shape(Type<OrderConfirmed>) {
    return fields(field("orderId", &OrderConfirmed::order_id),
                  field("orderNumber", &OrderConfirmed::order_number),
                  field("customerId", &OrderConfirmed::customer_id),
                  field("currency", &OrderConfirmed::currency),
                  field("totalAmount", &OrderConfirmed::total_amount));
}

constexpr auto shape(Type<LineQuantity>) {
    return fields(field("productId", &LineQuantity::product_id),
                  field("quantity", &LineQuantity::quantity));
}

constexpr auto shape(Type<OrderCancelled>) {
    return fields(field("orderId", &OrderCancelled::order_id),
                  field("orderNumber", &OrderCancelled::order_number),
                  field("customerId", &OrderCancelled::customer_id),
                  field("reason", &OrderCancelled::reason), field("note", &OrderCancelled::note),
                  field("previousStatus", &OrderCancelled::previous_status),
                  field("lines", &OrderCancelled::lines));
}

constexpr auto shape(Type<OrderShipped>) {
    return fields(field("orderId", &OrderShipped::order_id),
                  field("orderNumber", &OrderShipped::order_number),
                  field("customerId", &OrderShipped::customer_id),
                  field("trackingNumber", &OrderShipped::tracking_number),
                  field("carrier", &OrderShipped::carrier), field("lines", &OrderShipped::lines));
}

namespace {

struct OrderPage {
    std::vector<Order> items;
    std::optional<std::string> next_cursor;
};
constexpr auto shape(Type<OrderPage>) {
    return fields(field("items", &OrderPage::items), field("nextCursor", &OrderPage::next_cursor));
}

constexpr std::array published_events{
    published<Event, OrderCreated>("OrderCreated"),
    published<Event, OrderReserved>("OrderReserved"),
    published<Event, OrderConfirmed>("OrderConfirmed"),
    published<Event, OrderCancelled>("OrderCancelled"),
    published<Event, OrderShipped>("OrderShipped"),
};

}  // namespace

std::string to_json(const Order& order) {
    return json::write(order);
}

Result<PlaceOrder> place_order_from_json(std::string_view body) {
    return json::read<PlaceOrder>(body);
}
Result<ConfirmOrder> confirm_order_from_json(std::string_view body) {
    return json::read<ConfirmOrder>(body.empty() ? "{}" : body);
}
Result<CancelOrder> cancel_order_from_json(std::string_view body) {
    return json::read<CancelOrder>(body.empty() ? "{}" : body);
}
Result<ShipOrder> ship_order_from_json(std::string_view body) {
    return json::read<ShipOrder>(body);
}

std::string order_schema() {
    return json::output_schema<Order>();
}
std::string order_page_schema() {
    return json::output_schema<OrderPage>();
}
std::string place_order_schema() {
    return json::schema<PlaceOrder>();
}
std::string cancel_order_schema() {
    return json::schema<CancelOrder>();
}
std::string ship_order_schema() {
    return json::schema<ShipOrder>();
}

std::vector<std::pair<std::string_view, std::string>> event_schemas() {
    return schemas_of(published_events);
}

Result<Event> event_from_json(std::string_view type, std::string_view data) {
    return read_published(published_events, "orders", type, data);
}

std::string to_json(const Event& event) {
    return write_published(event);
}

}  // namespace waybill::orders
