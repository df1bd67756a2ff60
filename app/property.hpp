#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"
#include "chassis/base/time.hpp"

namespace waybill::app {

enum class PropertyType : std::uint8_t {
    text,
    integer,
    boolean,
    duration,  ///< `250ms`, `5s`, `2m`, `24h`
    rate,      ///< `1000/s`, `60/m`
    list,      ///< texts, separated by commas
    url,       ///< `http://host:port`, without a password
    address,   ///< `host:port`
};

/// One configuration property: what the loader checks, `waybill config` shows and the reference
/// page says.
struct Property {
    std::string_view name;
    PropertyType type = PropertyType::text;
    std::string_view standard;  ///< the default, as it would be written
    std::string_view doc;
    std::int64_t min = 0;  ///< of integers; of durations in milliseconds
    std::int64_t max = INT64_MAX;
    std::string_view words = {};  ///< allowed texts, separated by `|`; empty: any
    bool secret = false;          ///< never on the command line, never printed
};

/// Every property, in the order of the reference page.
std::span<const Property> properties();
/// Nothing when there is no such property.
const Property* find_property(std::string_view name);
/// The property whose name is nearest; for "did you mean".
const Property& nearest_property(std::string_view name);

/// What is wrong with `text` as a value of `property`, and what would be right; empty: nothing.
std::string fault_of(const Property& property, std::string_view text);

/// `24h`; nothing when it is none.
std::optional<Duration> parse_duration(std::string_view text);
/// `1000/s` as count and period; nothing when it is none.
struct Rate {
    std::int64_t count = 0;
    Duration period{};
};
std::optional<Rate> parse_rate(std::string_view text);
/// `host:port`; `[::1]:80` for IPv6.
struct Address {
    std::string host;
    std::uint16_t port = 0;
};
std::optional<Address> parse_address(std::string_view text);

}  // namespace waybill::app
