#include "chassis/http/client_probe.hpp"

#include <string>

#include "chassis/http/client.hpp"
#include "chassis/telemetry/names.hpp"

namespace waybill::http {
namespace {

namespace named = telemetry::attribute;
namespace metric = telemetry::metric;

constexpr std::array<std::string_view, 7> asked_methods = {"GET",  "POST",   "PUT",   "PATCH",
                                                           "HEAD", "DELETE", "_OTHER"};

std::size_t method_slot(std::string_view method) {
    std::size_t slot = 0;
    while (slot + 1 < asked_methods.size() && asked_methods.at(slot) != method) ++slot;
    return slot;
}

}  // namespace

ClientProbe::ClientProbe(const ClientOptions& options) {
    if (options.meter == nullptr) return;
    telemetry::Meter& meter = *options.meter;
    const std::string port = std::to_string(options.port);
    for (std::size_t i = 0; i < active_.size(); ++i)
        active_.at(i) = meter.up_down_counter(metric::http_client_active_requests,
                                              {{named::http_request_method, asked_methods.at(i)},
                                               {named::server_address, options.host},
                                               {named::server_port, port}});
    open_ =
        meter.up_down_counter(metric::http_client_open_connections,
                              {{named::server_address, options.host}, {named::server_port, port}});
    life_ = meter.histogram(metric::http_client_connection_duration,
                            {{named::server_address, options.host}, {named::server_port, port}});
}

void ClientProbe::closed(Duration life) const {
    open_.add(-1);
    life_.record(std::chrono::duration<double>(life).count());
}

ClientProbe::Asked::Asked(const ClientProbe& probe, std::string_view method)
    : active_(probe.active_.at(method_slot(method))) {
    active_.add(1);
}

}  // namespace waybill::http
