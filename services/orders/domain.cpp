#include "services/orders/domain.hpp"

#include <algorithm>
#include <type_traits>

#include "services/orders/decisions.hpp"

namespace waybill::orders {
namespace {

void add_keys(Keys& keys, const PlaceOrder& command, const Facts& facts) {
    keys.read(orders_key, draw_order_number(facts, 0), by_number);
    for (const RequestedItem& item : command.items) {
        if (item.product_id) keys.read(catalog_key, item.product_id->value.raw(), by_id);
        if (item.sku) keys.read(catalog_key, *item.sku, by_sku);
    }
}
void add_keys(Keys& keys, const RememberProduct& command, const Facts&) {
    keys.change(catalog_key, command.product.product_id.value.raw(), by_id);
}
void add_keys(Keys& keys, const ForgetProduct& command, const Facts&) {
    keys.change(catalog_key, command.product.product_id.value.raw(), by_id);
}
template <class Move>
void add_keys(Keys& keys, const Move& command, const Facts&) {
    keys.change(orders_key, command.order_id.value.raw(), by_id);
}

std::string_view name_of(const PlaceOrder&) {
    return "PlaceOrder";
}
std::string_view name_of(const ConfirmOrder&) {
    return "ConfirmOrder";
}
std::string_view name_of(const CancelOrder&) {
    return "CancelOrder";
}
std::string_view name_of(const ShipOrder&) {
    return "ShipOrder";
}
std::string_view name_of(const RecordReservation&) {
    return "RecordReservation";
}
std::string_view name_of(const RecordReservationFailure&) {
    return "RecordReservationFailure";
}
std::string_view name_of(const PassDeadline&) {
    return "PassDeadline";
}
std::string_view name_of(const RememberProduct&) {
    return "RememberProduct";
}
std::string_view name_of(const ForgetProduct&) {
    return "ForgetProduct";
}

std::string_view type_of(const OrderCreated&) {
    return "OrderCreated";
}
std::string_view type_of(const OrderReserved&) {
    return "OrderReserved";
}
std::string_view type_of(const OrderConfirmed&) {
    return "OrderConfirmed";
}
std::string_view type_of(const OrderCancelled&) {
    return "OrderCancelled";
}
std::string_view type_of(const OrderShipped&) {
    return "OrderShipped";
}
std::string_view type_of(const ProductRemembered&) {
    return "ProductRemembered";
}
std::string_view type_of(const ProductForgotten&) {
    return "ProductForgotten";
}

template <class E>
inline constexpr bool is_internal =
    std::is_same_v<E, ProductRemembered> || std::is_same_v<E, ProductForgotten>;

}  // namespace

Keys keys_of(const Command& command, const Facts& facts) {
    Keys keys;
    std::visit([&](const auto& one) { add_keys(keys, one, facts); }, command);
    return keys;
}

OutcomeOf<Event> decide(const State& state, const Command& command, const Facts& facts) {
    return std::visit([&](const auto& one) { return decide_on(state, one, facts); }, command);
}

std::string_view command_name(const Command& command) {
    return std::visit([](const auto& one) { return name_of(one); }, command);
}

EventIdentity identify(const Event& event) {
    return std::visit(
        []<class E>(const E& one) -> EventIdentity {
            if constexpr (is_internal<E>)
                return {type_of(one), "catalog", one.product.product_id.value, false};
            else
                return {type_of(one), "order", one.order_id.value, true};
        },
        event);
}

std::int64_t version_of(const State& state, const Event& event) {
    return std::visit(
        [&]<class E>(const E& one) -> std::int64_t {
            if constexpr (is_internal<E>)
                return 0;
            else
                return state.orders.at(one.order_id).version;
        },
        event);
}

std::optional<Timestamp> timer_of(const Order& order) {
    return order.deadline_at;
}

std::vector<TimerChange> timers_of(const State& changed) {
    std::vector<TimerChange> timers;
    for (const Order* order : changed.orders.inserted())
        timers.push_back({order->id.value, timer_of(*order)});
    for (const Order* order : changed.orders.updated())
        timers.push_back({order->id.value, timer_of(*order)});
    std::sort(timers.begin(), timers.end(),
              [](const TimerChange& a, const TimerChange& b) { return a.aggregate < b.aggregate; });
    return timers;
}

std::vector<LineQuantity> quantities(const Order& order) {
    std::vector<LineQuantity> lines;
    lines.reserve(order.items.size());
    for (const OrderLine& line : order.items) lines.push_back({line.product_id, line.quantity});
    return lines;
}

}  // namespace waybill::orders
