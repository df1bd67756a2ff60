#pragma once
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"
#include "chassis/base/time.hpp"

namespace waybill::resilience {

/// The longest time that a caller may ask for by `Request-Timeout`.
inline constexpr Duration request_timeout_max = std::chrono::seconds(30);

/// Reads `Request-Timeout: seconds`: a plain decimal above 0 and at most 30, at most six fraction
/// digits. Anything else is a 422 whose fault points at the header.
Result<Duration> parse_request_timeout(std::string_view value);

/// Seconds with three fraction digits, rounded down so that a hop never promises more than is
/// left, but at least `0.001`.
std::string format_request_timeout(Duration left);

/// The deadline of a step inside a call: `limit` from now, but never later than the call's own.
inline Deadline within(Deadline call, MonoTime now, Duration limit) {
    const Deadline step = Deadline::after(now, limit);
    return step < call ? step : call;
}

}  // namespace waybill::resilience
