#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "chassis/telemetry/otlp_wire.hpp"

/// The common case of put_attribute(): small and inlined where spans are filled.
namespace waybill::telemetry::wire {

/// Four bytes by one store: given as bytes they are stored one by one. Of the last its low eight
/// bits count.
[[gnu::always_inline]] inline char* put_head(char* to, std::uint64_t a, std::uint64_t b,
                                             std::uint64_t c, std::uint64_t d) {
    const auto word = static_cast<std::uint32_t>(a | b << 8U | c << 16U | d << 24U);
    std::memcpy(to, &word, sizeof word);
    return to + sizeof word;
}
/// put_attribute() for a text when all lengths take one byte and there is room. Inlined, so that
/// a constant key becomes constant stores.
[[gnu::always_inline]] inline char* put_short_attribute(char* to, unsigned field,
                                                        std::string_view key,
                                                        std::string_view value) {
    to = put_head(to, field << 3U | 2U, key.size() + value.size() + 6, 1U << 3U | 2U, key.size());
    copy(to, key.data(), key.size());
    to = put_head(to + key.size(), 2U << 3U | 2U, value.size() + 2, 1U << 3U | 2U, value.size());
    copy(to, value.data(), value.size());
    return to + value.size();
}
/// The same for a number below short_number_limit.
[[gnu::always_inline]] inline char* put_short_attribute(char* to, unsigned field,
                                                        std::string_view key, std::uint64_t value) {
    const std::size_t digits = value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;
    const std::uint64_t first = value | (digits > 1 ? 0x80U : 0U);
    to = put_head(to, field << 3U | 2U, key.size() + digits + 5, 1U << 3U | 2U, key.size());
    copy(to, key.data(), key.size());
    to = put_head(to + key.size(), 2U << 3U | 2U, digits + 1, 3U << 3U, first);
    to[0] = static_cast<char>((value >> 7U & 0x7fU) | (digits > 2 ? 0x80U : 0U));
    to[1] = static_cast<char>(value >> 14U);
    return to + digits - 1;
}
inline constexpr std::uint64_t short_number_limit = 1U << 21U;
/// Of a key and a text together.
inline constexpr std::size_t short_attribute_bytes_max = 127 - 6;

}  // namespace waybill::telemetry::wire
