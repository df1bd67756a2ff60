#include "app/folds.hpp"

#include "chassis/base/json.hpp"
#include "services/inventory/domain.hpp"
#include "services/inventory/shapes.hpp"
#include "services/notifications/domain.hpp"
#include "services/notifications/shapes.hpp"
#include "services/orders/domain.hpp"
#include "services/orders/shapes.hpp"

namespace waybill::app {
namespace {

using Events = std::span<const audit::StoredEvent>;

/// Applies a stream's events to an empty state. `Read` turns type and data into a domain event.
template <class State, class Read, class Apply>
Result<State> folded(Events events, Read read, Apply apply) {
    State state;
    for (const auto& stored : events) {
        auto event = read(stored.meta.type, stored.data);
        if (!event) return tl::unexpected(std::move(event.error()));
        apply(state, *event, stored.meta.occurred_at);
    }
    return state;
}

Error nothing_left() {
    return Error(Problem::not_found, "the stream's events leave no resource");
}

/// The one row that a stream's events made.
template <class T>
const T* only(const std::vector<const T*>& rows) {
    return rows.empty() ? nullptr : rows.front();
}

Result<std::string> order_of(Events events) {
    auto state = folded<orders::State>(
        events, [](auto& type, auto& data) { return orders::event_from_json(type, data); },
        [](auto& s, const auto& e, Timestamp at) { orders::apply(s, e, at); });
    if (!state) return tl::unexpected(std::move(state.error()));
    const auto* order = only(state->orders.present());
    if (order == nullptr) return fail(nothing_left());
    return orders::to_json(*order);
}

Result<inventory::State> inventory_of(Events events) {
    return folded<inventory::State>(
        events, [](auto& type, auto& data) { return inventory::event_from_json(type, data); },
        [](auto& s, const auto& e, Timestamp at) { inventory::apply(s, e, at); });
}

Result<std::string> product_of(Events events) {
    auto state = inventory_of(events);
    if (!state) return tl::unexpected(std::move(state.error()));
    const auto* product = only(state->products.present());
    if (product == nullptr) return fail(nothing_left());
    return inventory::to_json(*product, inventory::Audience::operators);
}

Result<std::string> reservation_of(Events events) {
    auto state = inventory_of(events);
    if (!state) return tl::unexpected(std::move(state.error()));
    const auto* reservation = only(state->reservations.present());
    if (reservation == nullptr) return fail(nothing_left());
    std::string text;
    json::Writer out(text);
    out.begin_object().plain_key("id").uuid(reservation->id.value);
    out.plain_key("orderId").uuid(reservation->order_id.value);
    out.plain_key("status").string(word_of(reservation->status));
    out.plain_key("lines").begin_array();
    for (const auto& line : reservation->lines) {
        out.begin_object().plain_key("productId").uuid(line.product_id.value);
        out.plain_key("quantity").number(line.quantity);
        out.plain_key("status").string(word_of(line.status)).end_object();
    }
    out.end_array().plain_key("reservedAt").time(reservation->reserved_at);
    out.plain_key("releasedAt");
    if (reservation->released_at)
        out.time(*reservation->released_at);
    else
        out.null();
    out.plain_key("version").number(reservation->version).end_object();
    return text;
}

Result<std::string> notification_of(Events events) {
    auto state = folded<notifications::State>(
        events, [](auto& type, auto& data) { return notifications::event_from_json(type, data); },
        [](auto& s, const auto& e, Timestamp at) { notifications::apply(s, e, at); });
    if (!state) return tl::unexpected(std::move(state.error()));
    const auto* notification = only(state->notifications.present());
    if (notification == nullptr) return fail(nothing_left());
    return notifications::to_json(*notification);
}

}  // namespace

audit::Folds make_folds() {
    return {{"order", order_of},
            {"product", product_of},
            {"reservation", reservation_of},
            {"notification", notification_of}};
}

}  // namespace waybill::app
