#include "services/gateway/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "services/gateway/addresses.hpp"

namespace waybill::gateway {
namespace {

using resilience::RateLimiter;

constexpr std::size_t route_keys_max = 4096;
constexpr std::int64_t period_us_in_s = 1'000'000;

std::int64_t whole_seconds(Duration time) {
    return (time.count() + period_us_in_s - 1) / period_us_in_s;
}

std::string policy_of(std::string_view name, const resilience::Rate& rate) {
    auto policy = fmt::format("\"{}\";q={};w={}", name, rate.count, whole_seconds(rate.window));
    if (rate.burst > rate.count) policy += fmt::format(";burst={}", rate.burst);
    return policy;
}

void append_number(std::string& out, std::int64_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_state(std::string& out, std::string_view name, const RateLimiter::Decision& decision) {
    out.append(out.empty() ? "\"" : ", \"").append(name).append("\";r=");
    append_number(out, decision.remaining);
    out.append(";t=");
    append_number(out, whole_seconds(decision.reset));
}

}  // namespace

Limits::Limits(const Options& options, Env& env)
    : subjects_({options.rate, options.rate_keys_max, env.random()}),
      addresses_({options.rate, options.rate_keys_max, env.random()}),
      policy_(policy_of("default", options.rate)) {}

std::unique_ptr<RateLimiter> Limits::route_limiter(const resilience::Rate& rate, Env& env) {
    return std::make_unique<RateLimiter>(RateLimiter::Options{rate, route_keys_max, env.random()});
}

bool Limits::charge(Exchange& exchange) {
    if (!exchange.lane->limited) return true;
    const std::string address = exchange.token ? std::string{} : limit_key(exchange.client);
    const std::string_view key =
        exchange.token ? std::string_view(exchange.token->principal.subject) : address;
    if (exchange.lane->limiter) {
        exchange.own_limit = exchange.lane->limiter->admit(key, exchange.now);
        if (!exchange.own_limit->allowed) return false;
    }
    exchange.shared_limit = (exchange.token ? subjects_ : addresses_).admit(key, exchange.now);
    return exchange.shared_limit->allowed;
}

Error Limits::refusal(const Exchange& exchange) {
    Error error(Problem::rate_limited, "Too many requests; try again after the time named.");
    const auto& decision = exchange.own_limit && !exchange.own_limit->allowed
                               ? exchange.own_limit
                               : exchange.shared_limit;
    error.retry_after =
        std::chrono::seconds(std::max<std::int64_t>(whole_seconds(decision->retry_after), 1));
    return error;
}

void Limits::write_fields(const Exchange& exchange, http::Headers& headers) const {
    if (!exchange.shared_limit && !exchange.own_limit) return;
    std::string state;
    std::string own_policy;
    if (exchange.own_limit) {
        own_policy = policy_of("route", exchange.lane->limiter->rate()) + ", ";
        append_state(state, "route", *exchange.own_limit);
    }
    if (exchange.shared_limit) append_state(state, "default", *exchange.shared_limit);
    headers.set("RateLimit-Policy",
                own_policy.empty() ? std::string_view(policy_) : own_policy.append(policy_));
    headers.set("RateLimit", state);
}

}  // namespace waybill::gateway
