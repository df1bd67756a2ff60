#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/time.hpp"

namespace waybill {

/// A UUID of any version (RFC 9562). Ordered by its bytes, so v7 ids order by time.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    /// The canonical 36 characters, any letter case. Nothing else: no braces, no `urn:`.
    static std::optional<Uuid> parse(std::string_view text);
    /// From 16 raw bytes.
    static std::optional<Uuid> from_bytes(std::string_view raw);
    /// Version 7: the time's milliseconds, the microseconds within them in the next 12 bits
    /// (RFC 9562 6.2 method 3), and 62 bits of `random`.
    static Uuid v7(Timestamp time, std::uint64_t random);

    std::string to_string() const;  ///< lower case
    void append_to(std::string& out) const;
    std::string_view raw() const {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    int version() const { return bytes[6] >> 4; }
    bool is_nil() const { return *this == Uuid{}; }
    /// The time of a version 7 id, at millisecond precision.
    Timestamp time() const;

    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// A Uuid that says what it names: `using OrderId = Id<struct OrderTag>`. Ids of different tags
/// do not mix.
template <class Tag>
struct Id {
    Uuid value{};

    static std::optional<Id> parse(std::string_view text) {
        auto uuid = Uuid::parse(text);
        return uuid ? std::optional<Id>(Id{*uuid}) : std::nullopt;
    }
    std::string to_string() const { return value.to_string(); }
    friend auto operator<=>(const Id&, const Id&) = default;
};

}  // namespace waybill

template <>
struct std::hash<waybill::Uuid> {
    std::size_t operator()(const waybill::Uuid& id) const noexcept;
};
template <class Tag>
struct std::hash<waybill::Id<Tag>> {
    std::size_t operator()(const waybill::Id<Tag>& id) const noexcept {
        return std::hash<waybill::Uuid>{}(id.value);
    }
};
