#include "services/gateway/route_probe.hpp"

#include <algorithm>
#include <charconv>

#include "chassis/telemetry/names.hpp"

namespace waybill::gateway {
namespace {

namespace attribute = telemetry::attribute;
namespace metric = telemetry::metric;

constexpr std::array<std::string_view, reject_count> reasons{
    "none", "rate_limit", "auth", "circuit_open", "too_large", "overload", "not_found"};
constexpr std::uint16_t first_failing_status = 500;

}  // namespace

std::string_view name(Reject reason) {
    return reasons[static_cast<std::size_t>(reason)];
}

RouteProbe::RouteProbe(telemetry::Meter& meter, std::string method, std::string route)
    : meter_(meter), method_(std::move(method)), route_(std::move(route)) {
    for (std::size_t i = 1; i < reject_count; ++i)
        rejected_[i] = route_.empty()
                           ? meter_.counter(metric::waybill_gateway_rejected,
                                            {{attribute::waybill_reject_reason, reasons[i]}})
                           : meter_.counter(metric::waybill_gateway_rejected,
                                            {{attribute::waybill_reject_reason, reasons[i]},
                                             {attribute::http_route, route_}});
    if (!route_.empty())
        shed_ = meter_.counter(metric::waybill_shedder_rejected, {{attribute::http_route, route_}});
}

void RouteProbe::answered(std::uint16_t status, double seconds, const TraceContext& exemplar) {
    durations_.get(status, [&] { return bind(status); }).record(seconds, exemplar);
}

void RouteProbe::rejected(Reject reason, const TraceContext& exemplar) {
    if (reason != Reject::none) rejected_[static_cast<std::size_t>(reason)].add(1, exemplar);
}

void RouteProbe::shed() {
    shed_.add();
}

telemetry::Histogram RouteProbe::bind(std::uint16_t status) {
    std::array<char, 8> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), status).ptr;
    const std::string_view code(digits.data(), static_cast<std::size_t>(end - digits.data()));
    if (route_.empty())
        return meter_.histogram(metric::http_server_request_duration,
                                {{attribute::http_request_method, method_},
                                 {attribute::url_scheme, "http"},
                                 {attribute::http_response_status_code, code},
                                 {attribute::network_protocol_version, "1.1"}});
    if (status < first_failing_status)
        return meter_.histogram(metric::http_server_request_duration,
                                {{attribute::http_request_method, method_},
                                 {attribute::url_scheme, "http"},
                                 {attribute::http_route, route_},
                                 {attribute::http_response_status_code, code},
                                 {attribute::network_protocol_version, "1.1"}});
    return meter_.histogram(metric::http_server_request_duration,
                            {{attribute::http_request_method, method_},
                             {attribute::url_scheme, "http"},
                             {attribute::http_route, route_},
                             {attribute::http_response_status_code, code},
                             {attribute::error_type, code},
                             {attribute::network_protocol_version, "1.1"}});
}

}  // namespace waybill::gateway
