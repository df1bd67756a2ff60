#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/telemetry/histogram_table.hpp"

namespace waybill::gateway {

/// Why the gateway refused a request itself.
enum class Reject : std::uint8_t {
    none,
    rate_limit,
    auth,
    circuit_open,
    too_large,
    overload,
    not_found
};
inline constexpr std::size_t reject_count = static_cast<std::size_t>(Reject::not_found) + 1;

/// `rate_limit`
std::string_view name(Reject reason);

/// What one route counts: rate, errors and duration, and refusals by reason. Series are bound when
/// first needed and kept. Thread-safe.
class RouteProbe {
 public:
    /// `route` is the template; empty: requests that no route matched.
    RouteProbe(telemetry::Meter& meter, std::string method, std::string route);

    void answered(std::uint16_t status, double seconds, const TraceContext& exemplar);
    void rejected(Reject reason, const TraceContext& exemplar);
    void shed();

 private:
    telemetry::Histogram bind(std::uint16_t status);

    telemetry::Meter& meter_;
    const std::string method_;
    const std::string route_;
    std::array<telemetry::Counter, reject_count> rejected_;
    telemetry::Counter shed_;
    telemetry::HistogramTable durations_;
};

}  // namespace waybill::gateway
