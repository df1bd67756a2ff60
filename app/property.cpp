#include "app/property.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace waybill::app {
namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

bool is_word(std::string_view words, std::string_view text) {
    while (!words.empty()) {
        const auto bar = words.find('|');
        if (words.substr(0, bar) == text) return true;
        words = bar == std::string_view::npos ? std::string_view() : words.substr(bar + 1);
    }
    return false;
}

std::string bounds_fault(const Property& property, std::int64_t value, std::string_view unit) {
    if (value >= property.min && value <= property.max) return {};
    if (property.max == INT64_MAX) return fmt::format("must be at least {}{}", property.min, unit);
    return fmt::format("must be from {}{} to {}{}", property.min, unit, property.max, unit);
}

/// The first of a list's texts that is none of the words.
std::string list_fault(const Property& property, std::string_view text) {
    while (!property.words.empty() && !text.empty()) {
        std::string_view one = text.substr(0, text.find(','));
        text.remove_prefix(std::min(one.size() + 1, text.size()));
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        if (!is_word(property.words, one))
            return fmt::format("{} is none of {}", one, property.words);
    }
    return {};
}

std::string url_fault(std::string_view text) {
    const bool scheme = text.starts_with("http://") || text.starts_with("https://");
    if (!scheme || text.size() < 9) return "must be a URL such as http://127.0.0.1:8081";
    if (text.find('@') != std::string_view::npos)
        return "must hold no user or password; secrets are read from files";
    return {};
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    const auto unit_at = text.find_first_not_of("0123456789");
    if (unit_at == 0 || unit_at == std::string_view::npos) return std::nullopt;
    const auto count = parse_integer(text.substr(0, unit_at));
    const auto unit = text.substr(unit_at);
    const std::int64_t us = unit == "ms"  ? 1'000
                            : unit == "s" ? 1'000'000
                            : unit == "m" ? 60'000'000
                            : unit == "h" ? 3'600'000'000
                            : unit == "d" ? 86'400'000'000
                                          : 0;
    if (!count || us == 0 || *count > INT64_MAX / us) return std::nullopt;
    return Duration(*count * us);
}

std::optional<Rate> parse_rate(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto count = parse_integer(text.substr(0, slash));
    const auto period = parse_duration(fmt::format("1{}", text.substr(slash + 1)));
    if (!count || *count < 1 || *count > 100'000'000 || !period) return std::nullopt;
    return Rate{*count, *period};
}

std::optional<Address> parse_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const auto port = parse_integer(text.substr(colon + 1));
    if (!port || *port < 0 || *port > 65'535) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty()) return std::nullopt;
    return Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::string fault_of(const Property& property, std::string_view text) {
    if (text.empty() && property.standard.empty()) return {};
    switch (property.type) {
        case PropertyType::integer: {
            const auto value = parse_integer(text);
            return value ? bounds_fault(property, *value, "") : "must be a whole number";
        }
        case PropertyType::boolean:
            return text == "true" || text == "false" ? "" : "must be true or false";
        case PropertyType::duration: {
            const auto value = parse_duration(text);
            return value ? bounds_fault(property, value->count() / 1'000, "ms")
                         : "must be a number with a unit: 250ms, 5s, 2m, 24h, 7d";
        }
        case PropertyType::rate:
            return parse_rate(text) ? "" : "must be a rate such as 1000/s or 60/m";
        case PropertyType::address:
            return parse_address(text) ? "" : "must be host:port, such as 127.0.0.1:8080";
        case PropertyType::url:
            return url_fault(text);
        case PropertyType::text:
            if (!property.words.empty() && !is_word(property.words, text))
                return fmt::format("must be one of {}", property.words);
            return {};
        case PropertyType::list:
            return list_fault(property, text);
    }
    return {};
}

}  // namespace waybill::app
