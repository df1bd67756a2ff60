#include "services/gateway/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chassis/auth/policy.hpp"
#include "chassis/base/check.hpp"
#include "chassis/http/problem.hpp"
#include "chassis/resilience/deadline.hpp"
#include "chassis/runtime/async.hpp"
#include "chassis/runtime/task.hpp"
#include "services/gateway/client_fields.hpp"
#include "services/gateway/timing.hpp"

namespace waybill::gateway {
namespace {

constexpr std::chrono::seconds come_back{1};

std::vector<Lane> lanes_of(std::vector<GatewayRoute> routes, const Gateway::Upstreams& upstreams,
                           const Options& options, Env& env, telemetry::Telemetry& telemetry) {
    std::vector<Lane> lanes;
    lanes.reserve(routes.size());
    for (GatewayRoute& route : routes) {
        Lane& lane = lanes.emplace_back();
        lane.upstream = upstreams.at(route.upstream);
        lane.is_public = route.scope == "public";
        lane.limited = route.importance != resilience::Importance::health;
        lane.timeout = route.timeout == Duration::zero() ? options.timeout : route.timeout;
        auto concurrency = options.concurrency;
        if (route.concurrency_max != 0) concurrency.running_max = route.concurrency_max;
        lane.bulkhead = std::make_unique<resilience::Bulkhead>(concurrency);
        if (route.rate) lane.limiter = Limits::route_limiter(*route.rate, env);
        lane.probe = std::make_unique<RouteProbe>(telemetry.meter(), route.method, route.path);
        lane.span_name = fmt::format("{} {}", route.method, route.path);
        lane.route = std::move(route);
    }
    return lanes;
}

http::Response overloaded(Exchange& exchange, std::string_view why) {
    exchange.rejected = Reject::overload;
    Error error(Problem::overloaded, std::string(why));
    error.retry_after = come_back;
    return refuse(exchange, error);
}

}  // namespace

http::Response refuse(const Exchange& exchange, const Error& error) {
    return http::problem(error, exchange.request.path, exchange.trace);
}

Pipeline::Pipeline(Options options, Env& env, telemetry::Telemetry& telemetry,
                   auth::Authenticator& authenticator, std::vector<GatewayRoute> routes,
                   const Gateway::Upstreams& upstreams)
    : options_(std::move(options)),
      env_(env),
      authenticator_(authenticator),
      probe_(env, telemetry, options_.access_log),
      hosts_(options_.hosts),
      cors_(options_.console_origins),
      addresses_(options_.trusted_proxies),
      table_(routes),
      limits_(options_, env),
      lag_(env, options_.shedding),
      transform_(options_.name),
      waiters_({.running_max = options_.waiters_max, .waiting_max = 0}),
      kept_back_({.running_max = options_.paused_refusals_max, .waiting_max = 0}),
      streams_(env),
      lanes_(lanes_of(std::move(routes), upstreams, options_, env, telemetry)) {}

Task<http::Response> Pipeline::run(http::Request request) {
    Exchange exchange;
    exchange.request = std::move(request);
    exchange.began = exchange.now = env_.monotonic();
    lag_.sample(exchange.began);
    probe_.began(exchange);
    const std::string_view origin = cors_.allowed_origin(exchange.request);
    http::Response response = co_await answer(exchange);
    if (!origin.empty()) Cors::allow(response.headers, origin);
    limits_.write_fields(exchange, response.headers);
    probe_.answered(exchange, response);
    if (response.status == 503) co_await keep_back(exchange);
    co_return response;
}

/// Without it, clients that ask again at once would keep the loops busy with refusals, and the
/// platform down by that alone.
Task<void> Pipeline::keep_back(Exchange& exchange) {
    exchange.slot.reset();
    const bool none = options_.refusal_pause == Duration::zero();
    if (none || exchange.lane == nullptr || !exchange.lane->limited) co_return;
    const auto place = kept_back_.try_enter();
    const MonoTime now = env_.monotonic();
    const Duration held = std::min(options_.refusal_pause, exchange.deadline.left(now) / 2);
    if (place) co_await sleep_until(env_, now + held);
}

Task<http::Response> Pipeline::answer(Exchange& exchange) {
    if (auto done = check_host(exchange)) co_return std::move(*done);
    if (auto done = check_preflight(exchange)) co_return std::move(*done);
    if (auto done = find_route(exchange)) co_return std::move(*done);
    strip_request_fields(exchange.request.headers, addresses_.trusts_peer(exchange.request));
    if (!exchange.lane->is_public) {
        auto token = authenticator_.try_authenticate(exchange.request);
        if (!token) {
            token = co_await authenticator_.authenticate(
                exchange.request, Deadline::after(exchange.began, options_.timeout));
            exchange.now = env_.monotonic();
        }
        if (!*token) co_return *refuse_token(exchange, token->error());
        exchange.token = std::move(**token);
    }
    if (auto done = limit_and_authorise(exchange)) co_return std::move(*done);
    if (auto done = check_size_and_time(exchange)) co_return std::move(*done);
    if (auto done = shed(exchange)) co_return std::move(*done);
    if (needs_slot(exchange)) {
        take_free_slot(exchange);
        if (!exchange.slot) {
            exchange.slot = co_await exchange.lane->bulkhead->enter(env_, exchange.deadline);
            exchange.now = env_.monotonic();
        }
        if (!exchange.slot)
            co_return overloaded(exchange, "Too many requests of this kind are running.");
    }
    transform_.request(exchange);
    auto response =
        co_await exchange.lane->upstream->handle(std::move(exchange.request), exchange.deadline);
    received(exchange, response);
    co_return response;
}

Pipeline::Answer Pipeline::check_host(Exchange& exchange) const {
    const auto host = exchange.request.headers.get("Host");
    if (host && hosts_.allows(*host)) return {};
    exchange.rejected = Reject::not_found;
    return refuse(exchange, Error(Problem::misdirected_request,
                                  "The Host named is not one that is served here."));
}

Pipeline::Answer Pipeline::check_preflight(Exchange& exchange) const {
    if (!Cors::is_preflight(exchange.request)) return {};
    if (auto leave = cors_.preflight(exchange.request)) return leave;
    exchange.rejected = Reject::auth;
    return refuse(exchange, Error(Problem::forbidden, "This origin may not use the platform."));
}

Pipeline::Answer Pipeline::find_route(Exchange& exchange) {
    const http::Request& request = exchange.request;
    const auto match = table_.find(request.method, *request.headers.get("Host"), request.path);
    if (match.route != RouteTable::none && !lanes_[match.route].route.closed) {
        exchange.lane = &lanes_[match.route];
        exchange.client = addresses_.client_of(request);
        probe_.routed(exchange);
        return {};
    }
    exchange.rejected = Reject::not_found;
    if (match.allow.empty())
        return refuse(exchange, Error(Problem::not_found, "There is nothing at this path."));
    auto response = refuse(exchange, Error(Problem::method_not_allowed,
                                           fmt::format("This path knows {}.", match.allow)));
    response.headers.add("Allow", match.allow);
    return response;
}

Pipeline::Answer Pipeline::refuse_token(Exchange& exchange, auth::Refusal refusal) {
    exchange.rejected = Reject::auth;
    // Nobody is known yet: guesses are charged to the address that they come from.
    if (!limits_.charge(exchange)) {
        exchange.rejected = Reject::rate_limit;
        return refuse(exchange, Limits::refusal(exchange));
    }
    return auth::refuse(refusal, exchange.request.path, exchange.trace);
}

Pipeline::Answer Pipeline::limit_and_authorise(Exchange& exchange) {
    // Charged first, so that every answer of a limited route tells what is left.
    if (!limits_.charge(exchange)) {
        exchange.rejected = Reject::rate_limit;
        return refuse(exchange, Limits::refusal(exchange));
    }
    const Lane& lane = *exchange.lane;
    if (lane.is_public) return {};
    const http::RouteSpec demanded{.scope = lane.route.scope, .role = lane.route.role};
    const auto access = auth::authorise(exchange.token->principal, demanded);
    if (access == auth::Access::allowed) return {};
    exchange.rejected = Reject::auth;
    return auth::deny(access, lane.route.scope, exchange.request.path, exchange.trace);
}

Pipeline::Answer Pipeline::check_size_and_time(Exchange& exchange) const {
    const auto size = exchange.request.body.size();
    if (size && *size > options_.body_bytes_max) {
        exchange.rejected = Reject::too_large;
        return refuse(exchange,
                      Error(Problem::payload_too_large,
                            fmt::format("A body may have {} bytes.", options_.body_bytes_max)));
    }
    const auto time = time_allowed(exchange.request.headers, exchange.lane->timeout);
    if (!time) return refuse(exchange, time.error());
    exchange.deadline = Deadline::after(exchange.began, *time);
    return {};
}

Pipeline::Answer Pipeline::shed(Exchange& exchange) {
    if (!lag_.refuse(exchange.lane->route.importance, env_.random())) return {};
    probe_.shed(exchange);
    return overloaded(exchange, "The platform is overloaded; less urgent work is refused.");
}

bool Pipeline::needs_slot(const Exchange& exchange) const {
    return exchange.lane->limited && !exchange.lane->route.streams;
}

void Pipeline::take_free_slot(Exchange& exchange) {
    if (wait_asked_for(exchange.request.headers)) {
        // Who waits holds a place among the waiters, not a slot that others work in.
        exchange.slot = waiters_.try_enter();
        if (exchange.slot) return;
        exchange.request.headers.remove("Prefer");
    }
    exchange.slot = exchange.lane->bulkhead->try_enter();
}

void Pipeline::received(Exchange& exchange, http::Response& response) {
    if (response.origin == http::Origin::circuit_open) exchange.rejected = Reject::circuit_open;
    if (response.origin == http::Origin::overloaded) exchange.rejected = Reject::overload;
    transform_.answer(exchange, response);
    if (exchange.lane->route.streams && response.body.streamed()) {
        const auto size = response.body.size();
        response.body = http::Body(streams_.hold(response.body.take_source()), size);
    }
}

}  // namespace waybill::gateway
