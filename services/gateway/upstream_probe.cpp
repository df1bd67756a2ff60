#include "services/gateway/upstream_probe.hpp"

#include <fmt/format.h>

#include "chassis/telemetry/names.hpp"
#include "services/gateway/probe.hpp"

namespace waybill::gateway {
namespace {

namespace attribute = telemetry::attribute;
namespace metric = telemetry::metric;

using State = resilience::Breaker::State;

constexpr std::uint16_t first_error_status = 400;

std::string url_of(const http::Request& request, std::string_view address, std::uint16_t port) {
    auto url = fmt::format("http://{}:{}{}", address, port, request.path);
    if (!request.query.empty()) url.append("?").append(redacted(request.query));
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
    return response.status >= first_error_status ? fmt::format("{}", response.status)
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
    span.set(attribute::url_full, url_of(request, address_, port_));
    if (resends > 0) span.set(attribute::http_request_resend_count, std::int64_t{resends});
    return span;
}

void UpstreamProbe::attempt_ended(telemetry::Span& span, const std::string& method,
                                  const http::Response& response, double seconds) {
    const std::string error = error_type(response);
    const std::string status = fmt::format("{}", response.status);
    const bool answered = response.origin == http::Origin::upstream;
    auto& meter = telemetry_.meter();
    const auto duration =
        error.empty() ? meter.histogram(metric::http_client_request_duration,
                                        {{attribute::http_request_method, method},
                                         {attribute::server_address, address_},
                                         {attribute::server_port, port_digits_},
                                         {attribute::http_response_status_code, status}})
        : answered    ? meter.histogram(metric::http_client_request_duration,
                                        {{attribute::http_request_method, method},
                                         {attribute::server_address, address_},
                                         {attribute::server_port, port_digits_},
                                         {attribute::http_response_status_code, status},
                                         {attribute::error_type, error}})
                      : meter.histogram(metric::http_client_request_duration,
                                        {{attribute::http_request_method, method},
                                         {attribute::server_address, address_},
                                         {attribute::server_port, port_digits_},
                                         {attribute::error_type, error}});
    duration.record(seconds, span.context());
    if (answered) span.set(attribute::http_response_status_code, std::int64_t{response.status});
    if (!error.empty()) span.fail(error);
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
