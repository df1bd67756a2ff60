#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/time.hpp"

namespace waybill::load {

/// `500us`, `50ms`, `1.5s`, `2m`, `1h`: at least a microsecond, at most a week. Nothing when it is
/// none.
std::optional<Duration> parse_time(std::string_view text);
/// Arrivals a second: `500`, `500/s`, `30/m`; above 0 and at most a million a second.
std::optional<double> parse_arrival_rate(std::string_view text);
/// `0.1%` as 0.001; 0 to 100 %.
std::optional<double> parse_share(std::string_view text);

/// For people: `812 us`, `12.3 ms`, `1.52 s`.
std::string show_time(Duration time);

}  // namespace waybill::load
