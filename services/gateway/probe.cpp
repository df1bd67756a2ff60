#include "services/gateway/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chassis/http/redaction.hpp"
#include "chassis/telemetry/names.hpp"
#include "services/gateway/hosts.hpp"

namespace waybill::gateway {
namespace {

namespace attribute = telemetry::attribute;

constexpr std::array<std::string_view, 7> known_methods{"GET",    "POST", "PUT",    "PATCH",
                                                        "DELETE", "HEAD", "OPTIONS"};
constexpr std::uint16_t first_server_error = 500;
constexpr double second_us = 1e6;

std::string_view method_of(const http::Request& request) {
    const auto known = std::find(known_methods.begin(), known_methods.end(), request.method);
    return known == known_methods.end() ? std::string_view("_OTHER") : *known;
}

}  // namespace

/// A streamed answer, whose end is recorded when it has been read, or given up.
class Probe::WatchedBody final : public http::BodySource {
 public:
    WatchedBody(std::unique_ptr<http::BodySource> source, Probe& probe, Facts facts,
                Exchange& exchange)
        : source_(std::move(source)),
          probe_(&probe),
          facts_(facts),
          span_(std::move(exchange.span)),
          slot_(std::move(exchange.slot)) {}
    ~WatchedBody() override { done(); }

    Task<Result<std::string_view>> next(Deadline deadline) override {
        auto chunk = co_await source_->next(deadline);
        if (!chunk || chunk->empty()) done();
        co_return chunk;
    }
    void cancel() override { source_->cancel(); }

 private:
    void done() {
        if (Probe* const probe = std::exchange(probe_, nullptr)) probe->ended(facts_, span_);
        slot_.reset();
    }
    std::unique_ptr<http::BodySource> source_;
    Probe* probe_;  // null once the end is recorded
    const Facts facts_;
    telemetry::Span span_;
    std::optional<resilience::Bulkhead::Slot> slot_;
};

Probe::Probe(Env& env, telemetry::Telemetry& telemetry, bool access_log)
    : env_(env),
      telemetry_(telemetry),
      access_log_(access_log),
      unrouted_(telemetry.meter(), "_OTHER", "") {}

void Probe::began(Exchange& exchange) {
    const http::Request& request = exchange.request;
    TraceContext parent = request.trace;
    if (!parent.valid())
        if (const auto header = request.headers.get("traceparent"))
            parent = TraceContext::parse(*header).value_or(TraceContext{});
    const std::string_view method = method_of(request);
    exchange.method = method;
    exchange.span = telemetry_.tracer().start(method == "_OTHER" ? "HTTP" : method,
                                              telemetry::Kind::server, parent);
    exchange.trace = exchange.span.context();
    telemetry::Span& span = exchange.span;
    if (!span.recording()) return;
    span.set(attribute::http_request_method, method);
    if (method == "_OTHER") span.set(attribute::http_request_method_original, request.method);
    span.set(attribute::url_path, http::shown_path(request.path));
    span.set(attribute::url_scheme, request.secure ? "https" : "http");
    if (!request.query.empty()) span.set(attribute::url_query, http::shown_query(request.query));
    span.set(attribute::network_protocol_version, "1.1");
    span.set(attribute::network_peer_address, request.peer_address);
    span.set(attribute::network_peer_port, std::int64_t{request.peer_port});
    if (const auto host = request.headers.get("Host"))
        span.set(attribute::server_address, without_port(*host));
    if (const auto agent = request.headers.get("User-Agent"))
        span.set(attribute::user_agent_original, *agent);
}

void Probe::routed(Exchange& exchange) {
    telemetry::Span& span = exchange.span;
    if (!span.recording()) return;
    const Lane& lane = *exchange.lane;
    span.set(attribute::http_route, lane.route.path);
    span.set(attribute::client_address, exchange.client);
    if (exchange.request.method == lane.route.method)
        span.rename(lane.span_name);
    else
        span.rename(fmt::format("{} {}", exchange.method, lane.route.path));
}

void Probe::shed(const Exchange& exchange) {
    exchange.lane->probe->shed();
}

Probe::Facts Probe::facts_of(const Exchange& exchange, std::uint16_t status) {
    const Lane* const lane = exchange.lane;
    return {lane ? lane->probe.get() : &unrouted_,
            lane ? std::string_view(lane->route.path) : std::string_view{},
            exchange.method,
            status,
            exchange.began,
            exchange.rejected};
}

void Probe::answered(Exchange& exchange, http::Response& response) {
    const Facts facts = facts_of(exchange, response.status);
    if (!response.body.streamed()) {
        ended(facts, exchange.span);
        exchange.slot.reset();
        return;
    }
    const auto size = response.body.size();
    response.body = http::Body(
        std::make_unique<WatchedBody>(response.body.take_source(), *this, facts, exchange), size);
}

void Probe::ended(const Facts& facts, telemetry::Span& span) {
    const double seconds =
        static_cast<double>((env_.monotonic() - facts.began).count()) / second_us;
    const TraceContext& trace = span.context();
    facts.route->answered(facts.status, seconds, trace);
    facts.route->rejected(facts.rejected, trace);
    span.set(attribute::http_response_status_code, std::int64_t{facts.status});
    if (facts.rejected != Reject::none)
        span.set(attribute::waybill_reject_reason, name(facts.rejected));
    if (facts.status >= first_server_error) span.fail(fmt::format("{}", facts.status));
    if (access_log_)
        telemetry_.log().info("Request answered",
                              {{attribute::http_request_method, facts.method},
                               {attribute::http_route, facts.route_template},
                               {attribute::http_response_status_code, int{facts.status}},
                               {attribute::waybill_duration, seconds}},
                              trace);
    span.end();
}

}  // namespace waybill::gateway
