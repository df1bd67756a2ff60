#include "chassis/resilience/deadline.hpp"

#include <algorithm>

namespace waybill::resilience {
namespace {

constexpr std::size_t fraction_digits_max = 6;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::optional<std::int64_t> parse_micros(std::string_view value) {
    const std::size_t dot = value.find('.');
    const std::string_view whole = value.substr(0, dot);
    const std::string_view fraction =
        dot == std::string_view::npos ? std::string_view{} : value.substr(dot + 1);
    if (whole.empty() || whole.size() > 2 || fraction.size() > fraction_digits_max ||
        (dot != std::string_view::npos && fraction.empty()))
        return {};
    if (!std::all_of(whole.begin(), whole.end(), is_digit) ||
        !std::all_of(fraction.begin(), fraction.end(), is_digit))
        return {};
    std::int64_t us = 0;
    for (const char c : whole) us = us * 10 + (c - '0');
    for (std::size_t i = 0; i < fraction_digits_max; ++i)
        us = us * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
    return us;
}

}  // namespace

Result<Duration> parse_request_timeout(std::string_view value) {
    const auto us = parse_micros(value);
    if (!us || *us <= 0 || Duration(*us) > request_timeout_max)
        return invalid("Request-Timeout", "must be seconds, a decimal above 0 and at most 30");
    return Duration(*us);
}

std::string format_request_timeout(Duration left) {
    const std::int64_t ms = std::max<std::int64_t>(left.count() / 1000, 1);
    const auto rest = static_cast<int>(ms % 1000);
    std::string text = std::to_string(ms / 1000);
    text += '.';
    for (const int digit : {rest / 100, rest / 10 % 10, rest % 10})
        text += static_cast<char>('0' + digit);
    return text;
}

}  // namespace waybill::resilience
