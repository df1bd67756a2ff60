#include "app/event_contracts.hpp"
#include "services/inventory/events.hpp"
#include "services/notifications/events.hpp"
#include "services/orders/events.hpp"

namespace waybill::app {
namespace {

constexpr std::string_view example_number = "WB-20261123-7K3QZ9M2";
constexpr std::string_view example_customer = "a2f1c9f0-5d0e-4a5c-9f7e-0d5b3c1e8a77";
constexpr std::string_view example_sku = "LAP-15";

Timestamp example_time() {
    return *Timestamp::parse("2026-11-23T10:00:00.123456Z");
}
/// Ids that tell apart what they name.
Uuid example_id(std::uint64_t number) {
    return Uuid::v7(example_time(), number);
}
OrderId example_order() {
    return {example_id(0x0de)};
}
ProductId example_product() {
    return {example_id(0x940d)};
}
inventory::ReservationId example_reservation() {
    return {example_id(0x4e5)};
}

Money dollars(std::int64_t cents) {
    return {cents, Currency::usd()};
}

template <class Event>
EventExample example_of(std::string_view doc, const Event& event) {
    return {doc, identify(event), to_json(event)};
}

orders::Event created_order() {
    orders::OrderCreated event;
    event.order_id = example_order();
    event.order_number = example_number;
    event.customer_id = example_customer;
    event.items = {{.id = example_id(0x11),
                    .product_id = example_product(),
                    .sku = std::string(example_sku),
                    .product_name = "Laptop 15",
                    .quantity = 2,
                    .unit_price = dollars(129'999),
                    .line_total = dollars(259'998)}};
    event.total_amount = dollars(259'998);
    event.note = "Ring twice";
    event.metadata = {{"channel", "web"}};
    event.created_at = example_time();
    event.deadline_at = example_time() + std::chrono::hours(24);
    event.correlation_id = *Uuid::parse("0193592e-6c3b-7000-8000-00000000c0de");
    return event;
}

template <class E>
E about_order() {
    E event;
    event.order_id = example_order();
    event.order_number = example_number;
    event.customer_id = example_customer;
    return event;
}

void add_orders(std::vector<EventExample>& all) {
    all.push_back(example_of("An order was accepted: the whole of it, Pending.", created_order()));
    all.push_back(example_of("Stock is held for every line of the order.",
                             orders::Event(about_order<orders::OrderReserved>())));
    auto confirmed = about_order<orders::OrderConfirmed>();
    confirmed.total_amount = dollars(259'998);
    all.push_back(example_of("The order is confirmed.", orders::Event(confirmed)));
    auto cancelled = about_order<orders::OrderCancelled>();
    cancelled.note = "Changed my mind";
    cancelled.previous_status = orders::Status::confirmed;
    cancelled.lines = {{example_product(), 2}};
    all.push_back(example_of("The order ends here; held stock of its lines is free again.",
                             orders::Event(cancelled)));
    auto shipped = about_order<orders::OrderShipped>();
    shipped.tracking_number = "1Z999AA10123456784";
    shipped.carrier = "UPS";
    shipped.lines = {{example_product(), 2}};
    all.push_back(example_of("The order ends here; stock of its lines has left the house.",
                             orders::Event(shipped)));
}

template <class E>
E defined_product() {
    E event;
    event.product_id = example_product();
    event.sku = example_sku;
    event.name = "Laptop 15";
    event.description = "15 inch, 32 GB";
    event.price = dollars(129'999);
    event.low_stock_threshold = 10;
    return event;
}

void add_products(std::vector<EventExample>& all) {
    auto created = defined_product<inventory::ProductCreated>();
    created.quantity = 100;
    created.movement_id = example_id(0x21);
    all.push_back(
        example_of("A product was added, with its first stock.", inventory::Event(created)));
    all.push_back(example_of("A product's definition changed: the whole of it as it is now.",
                             inventory::Event(defined_product<inventory::ProductUpdated>())));
    all.push_back(example_of("A product was deleted; its sku is free again.",
                             inventory::Event(inventory::ProductDeleted{
                                 example_product(), std::string(example_sku), "Laptop 15"})));
    inventory::InventoryAdjusted adjusted;
    adjusted.product_id = example_product();
    adjusted.sku = example_sku;
    adjusted.old_quantity = 100;
    adjusted.new_quantity = 97;
    adjusted.delta = -3;
    adjusted.reason = inventory::AdjustReason::damage;
    adjusted.reference = "RMA-7";
    adjusted.movement_id = example_id(0x22);
    all.push_back(
        example_of("The quantity on hand was changed by a person.", inventory::Event(adjusted)));
    all.push_back(
        example_of("Available stock fell below the threshold; once, until it is re-armed.",
                   inventory::Event(inventory::LowStockAlert{
                       example_product(), std::string(example_sku), "Laptop 15", 9, 10})));
}

template <class E>
E moved_reservation(std::uint64_t movement) {
    E event;
    event.reservation_id = example_reservation();
    event.order_id = example_order();
    event.lines = {
        {example_id(0x31), example_id(movement), example_product(), std::string(example_sku), 2}};
    return event;
}

void add_reservations(std::vector<EventExample>& all) {
    all.push_back(
        example_of("Stock is held for every line of the order.",
                   inventory::Event(moved_reservation<inventory::InventoryReserved>(0x32))));
    all.push_back(
        example_of("Held stock is free again.",
                   inventory::Event(moved_reservation<inventory::InventoryReleased>(0x33))));
    all.push_back(
        example_of("Held stock has left the house.",
                   inventory::Event(moved_reservation<inventory::InventoryShipped>(0x34))));
    all.push_back(example_of("Nothing is held for the order: every line that could not be.",
                             inventory::Event(inventory::InventoryReservationFailed{
                                 example_reservation(),
                                 example_order(),
                                 inventory::FailureReason::out_of_stock,
                                 {{example_product(), std::string(example_sku), 2, 1}}})));
}

void add_notifications(std::vector<EventExample>& all) {
    notifications::NotificationFacts facts;
    facts.notification_id = {example_id(0x41)};
    facts.content.user_id = example_customer;
    facts.content.subject = "Order WB-20261123-7K3QZ9M2 confirmed";
    facts.content.body = "Your order WB-20261123-7K3QZ9M2 is confirmed.";
    facts.content.order_id = example_order().value;
    facts.event = "OrderConfirmed";
    facts.created_at = example_time();
    all.push_back(example_of("A channel has taken the notification.",
                             notifications::Event(notifications::NotificationSent{facts})));
    auto failed = facts;
    failed.content.type = notifications::NotificationType::email;
    all.push_back(
        example_of("An attempt to send failed; without a next one it is dead.",
                   notifications::Event(notifications::NotificationFailed{
                       failed, "451 try again later", example_time() + std::chrono::minutes(2)})));
    all.push_back({"Somebody outside asks for a notification.",
                   {"NotificationRequested", "order", example_order().value},
                   to_json(notifications::NotificationRequested{facts.content})});
    all.push_back(
        example_of("An operator did something that is no business event: a dead letter, a "
                   "template, a replay.",
                   notifications::Event(messaging::OperatorActed{
                       example_id(0x51), "orders", "dead_letter.replayed",
                       example_id(0x52).to_string(), "The mail server is back"})));
}

}  // namespace

std::vector<EventExample> event_examples() {
    std::vector<EventExample> all;
    add_orders(all);
    add_products(all);
    add_reservations(all);
    add_notifications(all);
    return all;
}

}  // namespace waybill::app
