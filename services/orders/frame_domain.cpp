#include "services/orders/frame_domain.hpp"

#include <type_traits>

namespace waybill::orders {
namespace {

template <class C>
inline constexpr bool of_catalog =
    std::is_same_v<C, RememberProduct> || std::is_same_v<C, ForgetProduct>;
template <class C>
inline constexpr bool by_people =
    std::is_same_v<C, PlaceOrder> || std::is_same_v<C, ConfirmOrder> ||
    std::is_same_v<C, CancelOrder> || std::is_same_v<C, ShipOrder>;

/// The order that a command is about; nullptr when there is none.
const Order* order_of(const State& state, const Command& command, const Facts& facts) {
    return std::visit(
        [&]<class C>(const C& one) -> const Order* {
            if constexpr (of_catalog<C>)
                return nullptr;
            else if constexpr (std::is_same_v<C, PlaceOrder>)
                return state.orders.find(OrderId{facts.id(0)});
            else
                return state.orders.find(one.order_id);
        },
        command);
}

}  // namespace

service::Subject OrdersDomain::subject_of(const State& state, const Command& command,
                                          const Facts& facts) {
    if (const Order* order = order_of(state, command, facts))
        return {order->id.value, order->version};
    return std::visit(
        []<class C>(const C& one) -> service::Subject {
            if constexpr (of_catalog<C>)
                return {one.product.product_id.value, one.product.version};
            else
                return {};
        },
        command);
}

std::optional<Order> OrdersDomain::view_of(const State& state, const Command& command,
                                           const Facts& facts) {
    const bool shown = std::visit([]<class C>(const C&) { return by_people<C>; }, command);
    const Order* order = shown ? order_of(state, command, facts) : nullptr;
    return order ? std::optional<Order>(*order) : std::nullopt;
}

Uuid OrdersDomain::correlation_of(const State& state, const Command& command, const Facts& facts) {
    const Order* order = order_of(state, command, facts);
    return order ? order->correlation_id : Uuid{};
}

std::string OrdersDomain::origin_of(const State& state, const Command& command,
                                    const Facts& facts) {
    const Order* order = order_of(state, command, facts);
    return order ? order->trace_context : std::string();
}

std::vector<service::TimerChange> OrdersDomain::timers_of(const State& state) {
    std::vector<service::TimerChange> changes;
    for (const TimerChange& timer : orders::timers_of(state))
        changes.push_back({timer.aggregate, timer.at});
    return changes;
}

}  // namespace waybill::orders
