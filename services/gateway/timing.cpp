#include "services/gateway/timing.hpp"

#include <algorithm>

#include "chassis/http/wire.hpp"
#include "chassis/resilience/deadline.hpp"

namespace waybill::gateway {
namespace {

using std::chrono::seconds;

constexpr Duration wait_max = seconds(10);
constexpr Duration beyond_wait = seconds(2);

std::optional<Duration> wait_of(std::string_view preference) {
    const std::size_t equals = preference.find('=');
    if (equals == std::string_view::npos ||
        !http::equal_ignoring_case(http::trim_whitespace(preference.substr(0, equals)), "wait"))
        return {};
    std::string_view value = preference.substr(equals + 1);
    value = http::trim_whitespace(value.substr(0, value.find(';')));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    const auto number = http::parse_decimal(value);
    if (!number) return {};
    const auto limit =
        static_cast<std::uint64_t>(std::chrono::duration_cast<seconds>(wait_max).count());
    return Duration(seconds(std::min(*number, limit)));
}

}  // namespace

std::optional<Duration> wait_asked_for(const http::Headers& headers) {
    const auto prefer = headers.get("Prefer");
    if (!prefer) return {};
    std::optional<Duration> wait;
    http::for_each_element(*prefer, [&](std::string_view preference) {
        if (!wait) wait = wait_of(preference);
    });
    return wait;
}

Result<Duration> time_allowed(const http::Headers& headers, Duration timeout) {
    if (const auto asked = headers.get("Request-Timeout"))
        return resilience::parse_request_timeout(*asked);
    const auto wait = wait_asked_for(headers);
    return wait ? std::max(timeout, *wait + beyond_wait) : timeout;
}

}  // namespace waybill::gateway
