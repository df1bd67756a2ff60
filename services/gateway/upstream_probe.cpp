#include "services/gateway/upstream_probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chassis/http/redaction.hpp"
#include "chassis/telemetry/names.hpp"
#include "services/gateway/probe.hpp"

namespace waybill::gateway {
namespace {

namespace attribute = telemetry::attribute;
namespace metric = telemetry::metric;

using State = resilience::Breaker::State;

constexpr std::uint16_t first_refused_status = 400;
constexpr std::array<std::string_view, 7> counted_methods{"GET",    "POST", "PUT",    "PATCH",
                                                          "DELETE", "HEAD", "OPTIONS"};

std::string url_of(const http::Request& request, std::string_view address, std::string_view port) {
    std::string url;
    url.reserve(address.size() + request.path.size() + request.query.size() + 16);
    url.append("http://").append(address).append(":").append(port).append(
        http::shown_path(request.path));
    if (!request.query.empty()) url.append("?").append(http::shown_query(request.query));
    return url;
}

}  // namespace

std::string error_type(const http::Response& response) {
    switch (response.origin) {
        case http::Origin::upstream:
            break;
        case http::Origin::connect_failed:
            return "connect_failed";
        case http::Origin::timed_out:
            return "timeout";
        case http::Origin::protocol_error:
            return "protocol_error";
        case http::Origin::overloaded:
            return "overloaded";
        case http::Origin::circuit_open:
            return "circuit_open";
    }
    return response.status >= first_refused_status ? fmt::format("{}", response.status)
                                                   : std::string{};
}

UpstreamProbe::UpstreamProbe(telemetry::Telemetry& telemetry, std::string address,
                             std::uint16_t port)
    : telemetry_(telemetry),
      address_(std::move(address)),
      port_digits_(std::to_string(port)),
      port_(port),
      active_(telemetry.meter().up_down_counter(metric::waybill_gateway_upstream_active,
                                                {{attribute::server_address, address_}})),
      breaker_state_(telemetry.meter().gauge(metric::waybill_breaker_state,
                                             {{attribute::server_address, address_}})) {
    breaker_state_.set(0);
}

telemetry::Span UpstreamProbe::attempt_began(const http::Request& request, int resends) {
    auto span = telemetry_.tracer().start(request.method, telemetry::Kind::client, request.trace);
    if (!span.recording()) return span;
    span.set(attribute::http_request_method, request.method);
    span.set(attribute::server_address, address_);
    span.set(attribute::server_port, std::int64_t{port_});
    span.set(attribute::url_full, url_of(request, address_, port_digits_));
    if (resends > 0) span.set(attribute::http_request_resend_count, std::int64_t{resends});
    return span;
}

telemetry::Histogram UpstreamProbe::bind(std::string_view method, const http::Response& response) {
    const std::string error = error_type(response);
    const std::string status = fmt::format("{}", response.status);
    auto& meter = telemetry_.meter();
    if (error.empty())
        return meter.histogram(metric::http_client_request_duration,
                               {{attribute::http_request_method, method},
                                {attribute::server_address, address_},
                                {attribute::server_port, port_digits_},
                                {attribute::http_response_status_code, status}});
    if (response.origin == http::Origin::upstream)
        return meter.histogram(metric::http_client_request_duration,
                               {{attribute::http_request_method, method},
                                {attribute::server_address, address_},
                                {attribute::server_port, port_digits_},
                                {attribute::http_response_status_code, status},
                                {attribute::error_type, error}});
    return meter.histogram(metric::http_client_request_duration,
                           {{attribute::http_request_method, method},
                            {attribute::server_address, address_},
                            {attribute::server_port, port_digits_},
                            {attribute::error_type, error}});
}

void UpstreamProbe::attempt_ended(telemetry::Span& span, std::string_view method,
                                  const http::Response& response, double seconds) {
    const auto known = std::find(counted_methods.begin(), counted_methods.end(), method);
    const auto key = static_cast<std::uint32_t>(known - counted_methods.begin()) << 24U |
                     static_cast<std::uint32_t>(response.origin) << 16U | response.status;
    // A method of somebody's own would fill the table, and the metric's series.
    const std::string_view named =
        known == counted_methods.end() ? std::string_view("_OTHER") : *known;
    durations_.get(key, [&] { return bind(named, response); }).record(seconds, span.context());
    if (response.origin == http::Origin::upstream)
        span.set(attribute::http_response_status_code, std::int64_t{response.status});
    if (response.status >= first_refused_status || response.origin != http::Origin::upstream)
        span.fail(error_type(response));
    span.end();
}

void UpstreamProbe::retried(const http::Response& response) {
    telemetry_.meter()
        .counter(metric::waybill_retry_count, {{attribute::server_address, address_},
                                               {attribute::error_type, error_type(response)}})
        .add();
}

void UpstreamProbe::breaker_moved(State state) {
    breaker_state_.set(static_cast<double>(state));
    telemetry_.meter()
        .counter(metric::waybill_breaker_transition,
                 {{attribute::server_address, address_},
                  {attribute::waybill_breaker_state, resilience::name(state)}})
        .add();
    if (state == State::open)
        telemetry_.log().write(telemetry::Severity::warn, "A circuit breaker opened",
                               {{attribute::server_address, address_}}, {},
                               telemetry::event::waybill_breaker_opened,
                               std::source_location::current());
    if (state == State::closed)
        telemetry_.log().event(telemetry::event::waybill_breaker_closed,
                               "A circuit breaker closed again",
                               {{attribute::server_address, address_}});
}

}  // namespace waybill::gateway
