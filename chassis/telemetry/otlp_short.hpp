#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "chassis/telemetry/otlp_wire.hpp"

/// The common case of put_attribute(): small and inlined where spans are filled.
namespace waybill::telemetry::wire {

/// put_attribute() for a text when all lengths take one byte and there is room. Inlined, so that
/// a constant key becomes constant stores.
[[gnu::always_inline]] inline char* put_short_attribute(char* to, unsigned field,
                                                        std::string_view key,
                                                        std::string_view value) {
    to[0] = static_cast<char>(field << 3U | 2U);
    to[1] = static_cast<char>(key.size() + value.size() + 6);
    to[2] = 1U << 3U | 2U;
    to[3] = static_cast<char>(key.size());
    copy(to + 4, key.data(), key.size());
    to += 4 + key.size();
    to[0] = 2U << 3U | 2U;
    to[1] = static_cast<char>(value.size() + 2);
    to[2] = 1U << 3U | 2U;
    to[3] = static_cast<char>(value.size());
    copy(to + 4, value.data(), value.size());
    return to + 4 + value.size();
}
/// The same for a number below short_number_limit.
[[gnu::always_inline]] inline char* put_short_attribute(char* to, unsigned field,
                                                        std::string_view key, std::uint64_t value) {
    const std::size_t digits = value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;
    to[0] = static_cast<char>(field << 3U | 2U);
    to[1] = static_cast<char>(key.size() + digits + 5);
    to[2] = 1U << 3U | 2U;
    to[3] = static_cast<char>(key.size());
    copy(to + 4, key.data(), key.size());
    to += 4 + key.size();
    to[0] = 2U << 3U | 2U;
    to[1] = static_cast<char>(digits + 1);
    to[2] = 3U << 3U;
    to[3] = static_cast<char>(value | (digits > 1 ? 0x80U : 0U));
    to[4] = static_cast<char>((value >> 7U & 0x7fU) | (digits > 2 ? 0x80U : 0U));
    to[5] = static_cast<char>(value >> 14U);
    return to + 3 + digits;
}
inline constexpr std::uint64_t short_number_limit = 1U << 21U;
/// Of a key and a text together.
inline constexpr std::size_t short_attribute_bytes_max = 127 - 6;

}  // namespace waybill::telemetry::wire
