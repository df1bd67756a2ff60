#include "services/orders/api.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chassis/base/faults.hpp"
#include "chassis/service/respond.hpp"
#include "services/orders/order_query.hpp"
#include "services/orders/shapes.hpp"
#include "services/orders/stream.hpp"

namespace waybill::orders {
namespace {

using http::Call;
using http::Response;
using service::Lane;
using service::refuse;

Error no_such_order() {
    return {Problem::not_found, "There is no such order."};
}

bool may_see(const Call& call, const Order& order) {
    return call.principal.is_operator() || order.customer_id == call.principal.subject ||
           faults::planted(faults::Bug::owner_check_skipped);
}

Response shown(std::uint16_t status, const Order& order) {
    return service::json_response(status, to_json(order), std::to_string(order.version));
}

/// Orders are placed for oneself; only operators place them for others.
waybill::Status name_customer(const Call& call, PlaceOrder& command) {
    const std::string& caller = call.principal.subject;
    if (!command.customer_id) command.customer_id = caller;
    if (*command.customer_id == caller || call.principal.is_operator()) return {};
    return fail(Problem::forbidden, "Only an operator places orders for another customer.");
}

Result<Asked> asked_by(const Call& call) {
    auto version = service::expected_version(call);
    if (!version) return fail(std::move(version.error()));
    Asked asked{.by_operator = call.principal.is_operator(), .expected_version = *version};
    if (!asked.by_operator) asked.owner = call.principal.subject;
    return asked;
}

/// The command of an action's path and caller.
template <class Move>
Result<Command> move_of(const Call& call, Result<Move> move) {
    if (!move) return fail(std::move(move.error()));
    auto id = service::id_of(call, "id");
    if (!id) return fail(std::move(id.error()));
    auto asked = asked_by(call);
    if (!asked) return fail(std::move(asked.error()));
    move->order_id = OrderId{*id};
    move->asked = std::move(*asked);
    return Command(std::move(*move));
}

}  // namespace

Task<Response> OrdersApi::place(Call& call) {
    auto command = place_order_from_json(call.body);
    if (!command) co_return refuse(call, command.error());
    if (auto named = name_customer(call, *command); !named) co_return refuse(call, named.error());
    command->trace_context = call.request.trace.traceparent();
    command->patience = ports_.patience;
    co_return co_await submit(call, std::move(*command), Lane::create, 201);
}

Task<Response> OrdersApi::confirm(Call& call) {
    auto command = move_of(call, confirm_order_from_json(call.body));
    if (!command) co_return refuse(call, command.error());
    co_return co_await submit(call, std::move(*command), Lane::move, 200);
}

Task<Response> OrdersApi::cancel(Call& call) {
    auto command = move_of(call, cancel_order_from_json(call.body));
    if (!command) co_return refuse(call, command.error());
    co_return co_await submit(call, std::move(*command), Lane::move, 200);
}

Task<Response> OrdersApi::ship(Call& call) {
    auto command = move_of(call, ship_order_from_json(call.body));
    if (!command) co_return refuse(call, command.error());
    co_return co_await submit(call, std::move(*command), Lane::move, 200);
}

Task<Response> OrdersApi::submit(Call& call, Command command, Lane lane, std::uint16_t status) {
    auto answer = co_await ports_.writer.submit(std::move(command), lane, service::cause_of(call),
                                                service::key_of(call, status), call.deadline);
    if (!answer) co_return refuse(call, answer.error());
    std::optional<Order> order = std::move(answer->view);
    if (!order) {
        auto now = co_await read(call, OrderId{answer->aggregate_id});
        if (!now) co_return refuse(call, now.error());
        if (!*now) co_return refuse(call, no_such_order());
        order = std::move(*now);
    }
    if (call.wait && order->status == Status::pending) {
        auto settled = co_await settle(call, std::move(*order));
        if (!settled) co_return refuse(call, settled.error());
        order = std::move(*settled);
    }
    Response response = shown(answer->replayed ? answer->status : status, *order);
    if (response.status == 201)
        response.headers.set("Location", "/v1/orders/" + order->id.to_string());
    if (answer->replayed) response.headers.set("Idempotency-Replayed", "true");
    if (call.wait && order->status != Status::pending)
        response.headers.set("Preference-Applied",
                             fmt::format("wait={}", *call.wait / std::chrono::seconds(1)));
    co_return response;
}

Task<Result<std::optional<Order>>> OrdersApi::read(Call& call, OrderId id) {
    co_return co_await ports_.readers.read(
        [id](sql::Session& session) { return find_order(session, id); }, call.deadline,
        call.request.trace);
}

Task<Result<Order>> OrdersApi::settle(Call& call, Order order) {
    const auto watch = ports_.watchers.watch(std::string(order.id.value.raw()));
    if (!watch) co_return order;
    const Deadline until =
        std::min(call.deadline, Deadline::after(ports_.env.monotonic(), *call.wait));
    do {
        auto now = co_await read(call, order.id);
        if (!now) co_return fail(std::move(now.error()));
        if (*now) order = std::move(**now);
    } while (order.status == Status::pending && co_await watch->changed(until));
    co_return order;
}

Task<Result<Order>> OrdersApi::find(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return fail(std::move(id.error()));
    auto order = co_await read(call, OrderId{*id});
    if (!order) co_return fail(std::move(order.error()));
    if (!*order || !may_see(call, **order)) co_return fail(no_such_order());
    co_return std::move(**order);
}

Task<Response> OrdersApi::get(Call& call) {
    auto order = co_await find(call);
    if (!order) co_return refuse(call, order.error());
    co_return shown(200, *order);
}

Task<Response> OrdersApi::get_by_number(Call& call) {
    auto order = co_await ports_.readers.read(
        [number = call.parameter("number")](sql::Session& session) {
            return find_order(session, number);
        },
        call.deadline, call.request.trace);
    if (!order) co_return refuse(call, order.error());
    if (!*order || !may_see(call, **order)) co_return refuse(call, no_such_order());
    co_return shown(200, **order);
}

Task<Response> OrdersApi::list(Call& call) {
    auto page = service::page_of(call, ports_.cursors);
    if (!page) co_return refuse(call, page.error());
    auto filter = filter_of(call, *page);
    if (!filter) co_return refuse(call, filter.error());
    if (!call.principal.is_operator()) {
        const std::string& caller = call.principal.subject;
        if (filter->customer_id.value_or(caller) != caller)
            co_return service::list_response({}, {});
        filter->customer_id = caller;
    }
    auto orders = co_await ports_.readers.read(
        [filter = std::move(*filter), rows = page->limit + 1](sql::Session& session) {
            return list_orders(session, filter, rows);
        },
        call.deadline, call.request.trace);
    if (!orders) co_return refuse(call, orders.error());
    std::string next;
    if (static_cast<std::int64_t>(orders->size()) > page->limit) {
        orders->pop_back();
        next = service::next_cursor(call, ports_.cursors, orders->back().id.value.raw());
    }
    std::vector<std::string> items;
    for (const Order& order : *orders) items.push_back(to_json(order));
    co_return service::list_response(items, next);
}

Task<Response> OrdersApi::stream(Call& call) {
    auto after = last_version_seen(call);
    if (!after) co_return refuse(call, after.error());
    auto order = co_await find(call);
    if (!order) co_return refuse(call, order.error());
    auto place = ports_.stream_places.take(call.principal.subject);
    if (!place) co_return refuse(call, place.error());
    auto response = service::stream_response(
        OrderFeed::open({ports_.env, ports_.readers, ports_.watchers}, order->id, *after),
        std::move(*place));
    if (!response) co_return refuse(call, response.error());
    co_return std::move(*response);
}

}  // namespace waybill::orders
