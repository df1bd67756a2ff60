#include <fmt/format.h>

#include "services/orders/decisions.hpp"

namespace waybill::orders {
namespace {

/// The order as the caller may reach it, or why not.
Result<const Order*> reachable(const State& state, OrderId id, const Asked& asked) {
    const Order* order = state.orders.find(id);
    if (!order || (asked.owner && *asked.owner != order->customer_id))
        return fail(Problem::not_found, "There is no such order.");
    if (asked.expected_version && *asked.expected_version != order->version)
        return fail(Error(Problem::version_mismatch, "The order has changed.")
                        .with("currentVersion", order->version));
    return order;
}

Rejection illegal(const Order& order, std::string_view move) {
    const std::string_view status = word_of(order.status);
    return Rejection(Problem::illegal_transition,
                     fmt::format("An order that is {} cannot be {}.", status, move))
        .with("currentStatus", std::string(status));
}

OrderConfirmed confirmed(const Order& order) {
    return {order.id, order.order_number, order.customer_id, order.currency, order.total_amount};
}

OrderCancelled cancelled(const Order& order, CancelReason reason,
                         std::optional<std::string> note = {}) {
    return {order.id,        order.order_number, order.customer_id, reason,
            std::move(note), order.status,       quantities(order)};
}

template <class... E>
std::vector<Event> events_of(E... event) {
    std::vector<Event> events;
    events.reserve(sizeof...(E));
    (events.emplace_back(std::move(event)), ...);
    return events;
}

bool may_give(const Asked& asked, CancelReason reason) {
    return reason == CancelReason::customer_request ||
           (asked.by_operator &&
            (reason == CancelReason::by_operator || reason == CancelReason::payment_declined));
}

}  // namespace

OutcomeOf<Event> decide_on(const State& state, const ConfirmOrder& command, const Facts&) {
    auto found = reachable(state, command.order_id, command.asked);
    if (!found) return std::move(found.error());
    const Order& order = **found;
    if (order.status == Status::confirmed) return Nothing{"already_confirmed"};
    if (order.status != Status::reserved) return illegal(order, "confirmed");
    return events_of(confirmed(order));
}

OutcomeOf<Event> decide_on(const State& state, const CancelOrder& command, const Facts&) {
    const CancelReason reason = command.reason.value_or(CancelReason::customer_request);
    if (!may_give(command.asked, reason))
        return invalid("/reason", "is not the caller's to give").value();
    auto found = reachable(state, command.order_id, command.asked);
    if (!found) return std::move(found.error());
    const Order& order = **found;
    if (order.status == Status::cancelled) return Nothing{"already_cancelled"};
    if (order.status == Status::shipped) return illegal(order, "cancelled");
    return events_of(cancelled(order, reason, command.note));
}

OutcomeOf<Event> decide_on(const State& state, const ShipOrder& command, const Facts&) {
    auto found = reachable(state, command.order_id, command.asked);
    if (!found) return std::move(found.error());
    const Order& order = **found;
    if (order.status == Status::shipped && order.tracking_number == command.tracking_number)
        return Nothing{"already_shipped"};
    if (order.status != Status::confirmed) return illegal(order, "shipped");
    return events_of(OrderShipped{order.id, order.order_number, order.customer_id,
                                  command.tracking_number, command.carrier, quantities(order)});
}

OutcomeOf<Event> decide_on(const State& state, const RecordReservation& command,
                           const Facts& facts) {
    const Order* order = state.orders.find(command.order_id);
    if (!order) return Nothing{"unknown_order"};
    if (order->status == Status::cancelled) return Nothing{"already_cancelled"};
    if (order->status != Status::pending) return Nothing{"already_reserved"};
    OrderReserved reserved{order->id, order->order_number, order->customer_id, std::nullopt};
    if (order->confirmation == Confirmation::automatic)
        return events_of(std::move(reserved), confirmed(*order));
    reserved.deadline_at = facts.now + command.patience.confirmation;
    return events_of(std::move(reserved));
}

OutcomeOf<Event> decide_on(const State& state, const RecordReservationFailure& command,
                           const Facts&) {
    const Order* order = state.orders.find(command.order_id);
    if (!order) return Nothing{"unknown_order"};
    if (order->status == Status::cancelled) return Nothing{"already_cancelled"};
    if (order->status != Status::pending) return Nothing{"already_reserved"};
    return events_of(cancelled(*order, command.reason));
}

OutcomeOf<Event> decide_on(const State& state, const PassDeadline& command, const Facts& facts) {
    const Order* order = state.orders.find(command.order_id);
    if (!order) return Nothing{"unknown_order"};
    const auto deadline = timer_of(*order);
    if (!deadline) return Nothing{"no_longer_waiting"};
    if (*deadline > facts.now) return Nothing{"not_yet_due"};
    return events_of(cancelled(*order, order->status == Status::pending
                                           ? CancelReason::reservation_timeout
                                           : CancelReason::confirmation_timeout));
}

OutcomeOf<Event> decide_on(const State& state, const RememberProduct& command, const Facts&) {
    const CatalogEntry* known = state.catalog.find(command.product.product_id);
    if (known && known->version >= command.product.version) return Nothing{"older_version"};
    CatalogEntry product = command.product;
    product.deleted = false;
    return events_of(ProductRemembered{std::move(product)});
}

OutcomeOf<Event> decide_on(const State& state, const ForgetProduct& command, const Facts&) {
    const CatalogEntry* known = state.catalog.find(command.product.product_id);
    if (known && known->version >= command.product.version) return Nothing{"older_version"};
    CatalogEntry product = known ? *known : command.product;
    product.version = command.product.version;
    product.deleted = true;
    return events_of(ProductForgotten{std::move(product)});
}

}  // namespace waybill::orders
