#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Protobuf encoding of what OTLP 1.11 needs, into memory the caller has measured. All `put_`
/// functions write at `to` and return the end; none checks for room.
namespace waybill::telemetry::wire {

enum class Type : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

constexpr std::size_t varint_size(std::uint64_t value) {
    std::size_t size = 1;
    for (; value >= 0x80; value >>= 7U) ++size;
    return size;
}
/// Of a length-delimited field whose number is below 16.
constexpr std::size_t bytes_field_size(std::size_t size) {
    return 1 + varint_size(size) + size;
}

/// memcpy for sizes that are mostly small and known only at run time: no call up to 64 bytes.
[[gnu::always_inline]] inline void copy(char* to, const char* from, std::size_t size) {
    if (size > 64) {
        std::memcpy(to, from, size);
    } else if (size > 32) {
        std::memcpy(to, from, 32);
        std::memcpy(to + size - 32, from + size - 32, 32);
    } else if (size >= 16) {
        std::memcpy(to, from, 16);
        std::memcpy(to + size - 16, from + size - 16, 16);
    } else if (size >= 8) {
        std::memcpy(to, from, 8);
        std::memcpy(to + size - 8, from + size - 8, 8);
    } else if (size >= 4) {
        std::memcpy(to, from, 4);
        std::memcpy(to + size - 4, from + size - 4, 4);
    } else if (size > 0) {
        to[0] = from[0];
        to[size / 2] = from[size / 2];
        to[size - 1] = from[size - 1];
    }
}

inline char* put_varint(char* to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) *to++ = static_cast<char>(value | 0x80U);
    *to++ = static_cast<char>(value);
    return to;
}
inline char* put_tag(char* to, unsigned field, Type type) {
    return put_varint(to, field << 3U | static_cast<unsigned>(type));
}
inline char* put_number(char* to, unsigned field, std::uint64_t value) {
    return put_varint(put_tag(to, field, Type::varint), value);
}
inline char* put_fixed64(char* to, unsigned field, std::uint64_t value) {
    to = put_tag(to, field, Type::fixed64);
    std::memcpy(to, &value, sizeof value);
    return to + sizeof value;
}
inline char* put_fixed32(char* to, unsigned field, std::uint32_t value) {
    to = put_tag(to, field, Type::fixed32);
    std::memcpy(to, &value, sizeof value);
    return to + sizeof value;
}
inline char* put_bytes(char* to, unsigned field, const char* data, std::size_t size) {
    to = put_varint(put_tag(to, field, Type::bytes), size);
    copy(to, data, size);
    return to + size;
}
inline char* put_bytes(char* to, unsigned field, std::string_view data) {
    return put_bytes(to, field, data.data(), data.size());
}

/// A repeated KeyValue field (key = 1, value = 2) around an AnyValue of `any_size` bytes, which
/// the caller writes next.
inline char* put_key(char* to, unsigned field, std::string_view key, std::size_t any_size) {
    const std::size_t pair = bytes_field_size(key.size()) + bytes_field_size(any_size);
    to = put_varint(put_tag(to, field, Type::bytes), pair);
    to = put_bytes(to, 1, key);
    return put_varint(put_tag(to, 2, Type::bytes), any_size);
}
constexpr std::size_t pair_size(std::size_t key, std::size_t any) {
    return bytes_field_size(bytes_field_size(key) + bytes_field_size(any));
}

constexpr std::size_t room(const char* to, const char* limit) {
    return to < limit ? static_cast<std::size_t>(limit - to) : 0;
}
/// One attribute as a repeated KeyValue field; the value is AnyValue string=1, bool=2, int=3,
/// double=4. Returns the end, or nullptr when it does not fit below `limit`.
inline char* put_attribute(char* to, const char* limit, unsigned field, std::string_view key,
                           std::string_view value) {
    const std::size_t any = bytes_field_size(value.size());
    if (pair_size(key.size(), any) > room(to, limit)) return nullptr;
    return put_bytes(put_key(to, field, key, any), 1, value);
}
inline char* put_attribute(char* to, const char* limit, unsigned field, std::string_view key,
                           std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    const std::size_t any = 1 + varint_size(bits);
    if (pair_size(key.size(), any) > room(to, limit)) return nullptr;
    return put_number(put_key(to, field, key, any), 3, bits);
}
inline char* put_attribute(char* to, const char* limit, unsigned field, std::string_view key,
                           bool value) {
    if (pair_size(key.size(), 2) > room(to, limit)) return nullptr;
    return put_number(put_key(to, field, key, 2), 2, value ? 1 : 0);
}
inline char* put_attribute(char* to, const char* limit, unsigned field, std::string_view key,
                           double value) {
    if (pair_size(key.size(), 9) > room(to, limit)) return nullptr;
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return put_fixed64(put_key(to, field, key, 9), 4, bits);
}

}  // namespace waybill::telemetry::wire
