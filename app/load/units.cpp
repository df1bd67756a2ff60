#include "app/load/units.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace waybill::load {
namespace {

constexpr double week_us = 7.0 * 86'400 * 1e6;
constexpr double rate_max = 1e6;

/// A plain decimal number and what stands behind it.
std::optional<double> leading_number(std::string_view text, std::string_view& rest) {
    const auto end = text.find_first_not_of("0123456789.");
    const auto digits = text.substr(0, end);
    double value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
    rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
    return value;
}

}  // namespace

std::optional<Duration> parse_time(std::string_view text) {
    std::string_view unit;
    const auto count = leading_number(text, unit);
    const double us = unit == "us"   ? 1
                      : unit == "ms" ? 1e3
                      : unit == "s"  ? 1e6
                      : unit == "m"  ? 60e6
                      : unit == "h"  ? 3'600e6
                                     : 0;
    if (!count || *count * us < 1 || *count * us > week_us) return std::nullopt;
    return Duration(std::llround(*count * us));
}

std::optional<double> parse_arrival_rate(std::string_view text) {
    std::string_view unit;
    const auto count = leading_number(text, unit);
    const double seconds = unit.empty() || unit == "/s" ? 1 : unit == "/m" ? 60 : 0;
    if (!count || seconds == 0 || *count <= 0 || *count / seconds > rate_max) return std::nullopt;
    return *count / seconds;
}

std::optional<double> parse_share(std::string_view text) {
    std::string_view unit;
    const auto count = leading_number(text, unit);
    if (!count || unit != "%" || *count > 100) return std::nullopt;
    return *count / 100;
}

std::string show_time(Duration time) {
    const auto us = static_cast<double>(time.count());
    if (us < 1e3) return fmt::format("{} us", time.count());
    if (us < 1e6) return fmt::format("{:.{}f} ms", us / 1e3, us < 1e5 ? 1 : 0);
    return fmt::format("{:.2f} s", us / 1e6);
}

}  // namespace waybill::load
