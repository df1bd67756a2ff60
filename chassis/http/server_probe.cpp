#include "chassis/http/server_probe.hpp"

#include "chassis/telemetry/names.hpp"

namespace waybill::http {
namespace {

constexpr std::array<std::string_view, 7> methods = {"GET",  "POST",   "PUT",   "PATCH",
                                                     "HEAD", "DELETE", "_OTHER"};

}  // namespace

ServerProbe::ServerProbe(telemetry::Meter& meter)
    : abandoned_(meter.counter(telemetry::metric::waybill_http_server_abandoned)) {
    for (std::size_t i = 0; i < methods.size(); ++i)
        active_[i] = meter.up_down_counter(telemetry::metric::http_server_active_requests,
                                           {{telemetry::attribute::http_request_method, methods[i]},
                                            {telemetry::attribute::url_scheme, "http"}});
}

std::size_t ServerProbe::slot(std::string_view method) {
    std::size_t i = 0;
    while (i + 1 < methods.size() && methods[i] != method) ++i;
    return i;
}

void ServerProbe::add_to(ServerCounts& sum) const {
    const std::uint64_t closed = closed_.load(std::memory_order_relaxed);
    const std::uint64_t accepted = accepted_.load(std::memory_order_relaxed);
    sum.accepted += accepted;
    sum.open += accepted > closed ? accepted - closed : 0;
    sum.turned_away += turned_away_.load(std::memory_order_relaxed);
    sum.requests += requests_.load(std::memory_order_relaxed);
    sum.refused += refused_.load(std::memory_order_relaxed);
}

}  // namespace waybill::http
