#include "chassis/telemetry/propagation.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace waybill::telemetry {
namespace {

constexpr std::size_t tracestate_members_max = 32;
constexpr std::size_t tracestate_bytes_max = 512;
constexpr std::size_t tracestate_long_member_bytes = 128;
constexpr std::size_t tracestate_value_bytes_max = 256;
constexpr std::size_t tracestate_key_bytes_max = 256;
constexpr std::size_t baggage_members_max = 64;
constexpr std::size_t baggage_bytes_max = 8192;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The members between commas, trimmed; empty ones are left out.
std::vector<std::string_view> members(std::string_view list) {
    std::vector<std::string_view> out;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        const auto member = trimmed(list.substr(0, comma));
        if (!member.empty()) out.push_back(member);
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return out;
}

bool lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Trace Context level 2, 3.3.1.3: the key before `=`.
bool state_key(std::string_view key) {
    return !key.empty() && key.size() <= tracestate_key_bytes_max && lower_or_digit(key.front()) &&
           std::all_of(key.begin(), key.end(), [](char c) {
               return lower_or_digit(c) ||
                      std::string_view("_-*/@").find(c) != std::string_view::npos;
           });
}

bool state_value(std::string_view value) {
    return !value.empty() && value.size() <= tracestate_value_bytes_max &&
           std::all_of(value.begin(), value.end(),
                       [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

/// RFC 9110 token.
bool token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return lower_or_digit(c) || (c >= 'A' && c <= 'Z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool baggage_member(std::string_view member) {
    const auto equals = member.find('=');
    if (equals == std::string_view::npos || !token(trimmed(member.substr(0, equals)))) return false;
    return std::all_of(member.begin(), member.end(),
                       [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

std::string joined(const std::vector<std::string_view>& parts) {
    std::string out;
    for (const auto part : parts) {
        if (!out.empty()) out.push_back(',');
        out.append(part);
    }
    return out;
}

std::size_t joined_size(const std::vector<std::string_view>& parts) {
    std::size_t size = parts.empty() ? 0 : parts.size() - 1;
    for (const auto part : parts) size += part.size();
    return size;
}

}  // namespace

Propagated extract(std::string_view traceparent, std::string_view tracestate,
                   std::string_view baggage) {
    Propagated out;
    if (const auto trace = TraceContext::parse(traceparent)) {
        out.trace = *trace;
        out.tracestate = bounded_tracestate(tracestate);
    }
    out.baggage = bounded_baggage(baggage);
    return out;
}

std::string bounded_tracestate(std::string_view tracestate) {
    auto all = members(tracestate);
    if (all.size() > tracestate_members_max) return {};
    std::vector<std::string_view> keys;
    for (const auto member : all) {
        const auto equals = member.find('=');
        if (equals == std::string_view::npos) return {};
        const auto key = member.substr(0, equals);
        if (!state_key(key) || !state_value(member.substr(equals + 1))) return {};
        if (std::find(keys.begin(), keys.end(), key) != keys.end()) return {};
        keys.push_back(key);
    }
    for (auto i = all.size(); i-- > 0 && joined_size(all) > tracestate_bytes_max;)
        if (all[i].size() > tracestate_long_member_bytes)
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    while (joined_size(all) > tracestate_bytes_max) all.pop_back();
    return joined(all);
}

std::string bounded_baggage(std::string_view baggage) {
    std::vector<std::string_view> kept;
    std::size_t bytes = 0;
    for (const auto member : members(baggage)) {
        if (!baggage_member(member)) continue;
        const std::size_t size = member.size() + (kept.empty() ? 0 : 1);
        if (kept.size() == baggage_members_max || bytes + size > baggage_bytes_max) break;
        bytes += size;
        kept.push_back(member);
    }
    return joined(kept);
}

}  // namespace waybill::telemetry
