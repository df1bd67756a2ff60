#include "chassis/service/api.hpp"

#include <fmt/format.h>

#include <charconv>

#include "chassis/auth/policy.hpp"
#include "chassis/http/redaction.hpp"
#include "chassis/resilience/deadline.hpp"
#include "chassis/runtime/async.hpp"
#include "chassis/service/api_headers.hpp"
#include "chassis/service/respond.hpp"
#include "chassis/telemetry/histogram_table.hpp"

namespace waybill::service {
namespace {

std::vector<const http::Route*> pointers(const http::Routes& routes) {
    std::vector<const http::Route*> out;
    for (const auto& route : routes.all()) out.push_back(&route);
    return out;
}

/// The number in an answer's ETag, up to a dot.
std::int64_t version_of(const http::Response& response) {
    const auto etag = response.headers.get("ETag");
    if (!etag || etag->size() < 3) return -1;
    std::int64_t version = -1;
    std::from_chars(etag->data() + 1, etag->data() + etag->size(), version);
    return version;
}

constexpr Duration version_poll = std::chrono::milliseconds(10);

}  // namespace

/// RED metrics and span names of one service, bound once for each route and status.
struct Api::Probe {
    struct PerRoute {
        std::string span_name;
        telemetry::HistogramTable durations;
    };

    Probe(telemetry::Telemetry& t, const http::Routes& all) : telemetry(t) {
        for (const auto& route : all.all())
            routes[&route].span_name = fmt::format("{} {}", route.method, route.path);
    }
    PerRoute& of(const http::Route* route) {
        return route == nullptr ? unrouted : routes.find(route)->second;
    }
    void answered(const http::Request& request, const http::Route* route, std::uint16_t status,
                  Duration took) {
        const std::uint32_t key = status | (request.secure ? 1U << 16U : 0U);
        of(route)
            .durations
            .get(key,
                 [&] {
                     const fmt::format_int digits(status);
                     return telemetry.meter().histogram(
                         "http.server.request.duration",
                         {{"http.request.method", route != nullptr ? route->method : "_OTHER"},
                          {"url.scheme", request.secure ? "https" : "http"},
                          {"http.route", route != nullptr ? std::string_view(route->path) : ""},
                          {"http.response.status_code",
                           std::string_view(digits.data(), digits.size())}});
                 })
            .record(std::chrono::duration<double>(took).count(), request.trace);
    }
    telemetry::Telemetry& telemetry;
    std::unordered_map<const http::Route*, PerRoute> routes;
    PerRoute unrouted;
};

Api::Api(Env& env, telemetry::Telemetry& telemetry, auth::Authenticator& authenticator,
         const http::Routes& routes, Options options)
    : env_(env),
      telemetry_(telemetry),
      authenticator_(authenticator),
      routes_(routes),
      index_(pointers(routes)),
      options_(options),
      probe_(std::make_unique<Probe>(telemetry, routes)) {}

Api::~Api() = default;

Task<http::Response> Api::handle(http::Request request, Deadline deadline) {
    const MonoTime began = env_.monotonic();
    TraceContext parent = request.trace;
    if (auto field = request.headers.get("traceparent"); field && !parent.valid())
        parent = TraceContext::parse(*field).value_or(TraceContext{});
    auto span = telemetry_.tracer().start(request.method, telemetry::Kind::server, parent);
    request.trace = span.context();
    const bool head = request.method == "HEAD";
    const auto match = index_.find(head ? "GET" : request.method, request.path);
    auto response = co_await serve(request, match, deadline);
    if (match.route != nullptr) {
        if (head)
            span.rename(fmt::format("HEAD {}", match.route->path));
        else
            span.rename(probe_->of(match.route).span_name);
        span.set("http.route", match.route->path);
    }
    span.set("http.request.method", request.method)
        .set("url.path", http::shown_path(request.path))
        .set("url.scheme", request.secure ? "https" : "http")
        .set("http.response.status_code", std::int64_t{response.status});
    if (response.status >= 500) span.fail(fmt::format_int(response.status).c_str());
    probe_->answered(request, match.route, response.status, env_.monotonic() - began);
    co_return response;
}

Task<http::Response> Api::serve(http::Request& request, const http::RouteIndex::Match& match,
                                Deadline deadline) {
    if (match.route == nullptr) {
        if (match.allow.empty())
            co_return http::problem(Error(Problem::not_found, "there is no such resource"),
                                    request.path, request.trace);
        auto response = http::problem(
            Error(Problem::method_not_allowed, "this resource answers to " + match.allow),
            request.path, request.trace);
        response.headers.set("Allow", match.allow);
        co_return response;
    }
    static const http::Principal nobody;
    if (auth::is_public(match.route->spec))
        co_return co_await admit(request, match, nobody, deadline);
    auto known = authenticator_.try_authenticate(request);
    if (!known) known = co_await authenticator_.authenticate(request, deadline);
    if (!*known) co_return auth::refuse(known->error(), request.path, request.trace);
    // The token outlives the call: the cache may drop it meanwhile.
    const auto token = **known;
    const auto access = auth::authorise(token->principal, match.route->spec);
    if (access != auth::Access::allowed)
        co_return auth::deny(access, match.route->spec.scope, request.path, request.trace);
    co_return co_await admit(request, match, token->principal, deadline);
}

Task<http::Response> Api::admit(http::Request& request, const http::RouteIndex::Match& match,
                                const http::Principal& principal, Deadline deadline) {
    auto answered = co_await call_route(request, match, principal, deadline);
    if (!answered) co_return http::problem(answered.error(), request.path, request.trace);
    auto response = std::move(*answered);
    const auto tags = request.headers.get("If-None-Match");
    const auto etag = response.headers.get("ETag");
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (reads && response.status == 200 && tags && etag && tag_listed(*tags, *etag)) {
        http::Response unchanged;
        unchanged.status = 304;
        unchanged.headers.add("ETag", *etag);
        co_return unchanged;
    }
    co_return response;
}

Task<Result<http::Response>> Api::call_route(http::Request& request,
                                             const http::RouteIndex::Match& match,
                                             const http::Principal& principal, Deadline deadline) {
    const http::RouteSpec& spec = match.route->spec;
    auto query = http::Query::parse(request.query);
    if (!query) co_return tl::unexpected(std::move(query.error()));
    http::Call call{
        request, principal, std::move(*query), {}, match.parameters, deadline, *match.route, {},
        {},      {}};
    if (auto read = read_headers(call, deadline); !read)
        co_return tl::unexpected(std::move(read.error()));
    if (auto checked = check_query(call); !checked)
        co_return tl::unexpected(std::move(checked.error()));
    auto body = co_await http::read_all(request.body, options_.body_bytes_max, call.deadline);
    if (!body) co_return tl::unexpected(std::move(body.error()));
    call.body = std::move(*body);
    if (!call.body.empty() && !spec.body.name.empty()) {
        const auto type = request.headers.get("Content-Type").value_or("");
        if (!media_type_is(type, spec.body_media_type) && !media_type_is(type, "application/json"))
            co_return fail(Problem::unsupported_media_type,
                           fmt::format("send {} in Content-Type", spec.body_media_type));
    }
    auto least = read_min_version(request);
    if (!least) co_return tl::unexpected(std::move(least.error()));
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (*least && reads) co_return co_await read_at_least(call, **least);
    co_return co_await match.route->handler(call);
}

Status Api::read_headers(http::Call& call, Deadline arrived) const {
    const http::RouteSpec& spec = call.route.spec;
    const MonoTime now = env_.monotonic();
    Duration limit = options_.deadline;
    bool asked = false;
    if (const auto field = call.request.headers.get("Request-Timeout")) {
        auto timeout = resilience::parse_request_timeout(*field);
        if (!timeout) return tl::unexpected(std::move(timeout.error()));
        limit = *timeout;
        asked = true;
    }
    auto wait = read_wait(call.request, options_.wait_max);
    if (!wait) return tl::unexpected(std::move(wait.error()));
    call.wait = *wait;
    if (call.wait && !asked)
        limit = std::max<Duration>(limit, *call.wait + std::chrono::seconds(2));
    call.deadline = std::min(Deadline::after(now, limit), arrived);
    if (spec.idempotent_key) {
        auto key = read_idempotency_key(call.request);
        if (!key) return tl::unexpected(std::move(key.error()));
        call.idempotency_key = std::move(*key);
    }
    if (spec.if_match || spec.if_match_required) {
        auto tag = read_entity_tag(call.request, "If-Match");
        if (!tag) return tl::unexpected(std::move(tag.error()));
        call.if_match = std::move(*tag);
        if (spec.if_match_required && !call.if_match)
            return fail(Problem::precondition_required,
                        "send If-Match with the ETag of the version you have read");
    }
    return {};
}

Task<http::Response> Api::read_at_least(http::Call& call, std::int64_t version) {
    for (bool older = false;; older = true) {
        auto response = co_await call.route.handler(call);
        const bool read = response.status == 200;
        if (read && version_of(response) >= version) co_return response;
        // The deadline may pass within a read as well as between two.
        if (older && call.deadline.passed(env_.monotonic())) break;
        if (!read) co_return response;
        const MonoTime next = env_.monotonic() + version_poll;
        if (call.deadline.passed(next)) break;
        co_await sleep_until(env_, next);
    }
    Error error(Problem::unavailable, "a version that new is not readable here yet");
    error.retry_after = std::chrono::seconds(1);
    co_return refuse(call, error);
}

}  // namespace waybill::service
