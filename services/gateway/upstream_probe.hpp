#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/http/message.hpp"
#include "chassis/resilience/breaker.hpp"
#include "chassis/telemetry/histogram_table.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::gateway {

/// What calls to one `http://` target report: a CLIENT span an attempt, durations, retries, and
/// the circuit's state.
class UpstreamProbe {
 public:
    UpstreamProbe(telemetry::Telemetry& telemetry, std::string address, std::uint16_t port);

    void call_began() { active_.add(1); }
    void call_ended() { active_.add(-1); }

    /// `resends`: attempts of the same request before this one.
    telemetry::Span attempt_began(const http::Request& request, int resends);
    void attempt_ended(telemetry::Span& span, std::string_view method,
                       const http::Response& response, double seconds);
    void retried(const http::Response& response);
    void breaker_moved(resilience::Breaker::State state);

 private:
    telemetry::Histogram bind(std::string_view method, const http::Response& response);

    telemetry::Telemetry& telemetry_;
    const std::string address_;
    const std::string port_digits_;
    const std::uint16_t port_;
    telemetry::UpDownCounter active_;
    telemetry::Gauge breaker_state_;
    telemetry::HistogramTable durations_;
};

/// `error.type` of an attempt that failed: `connect_failed`, `timeout`, the status; empty: none.
std::string error_type(const http::Response& response);

}  // namespace waybill::gateway
