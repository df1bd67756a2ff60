#include "chassis/auth/base64url.hpp"

#include <array>
#include <cstdint>

namespace waybill::auth {
namespace {

constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t foreign = 0xff;

constexpr auto make_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(foreign);
    for (std::size_t i = 0; i < letters.size(); ++i)
        values[static_cast<unsigned char>(letters[i])] = static_cast<std::uint8_t>(i);
    return values;
}
constexpr auto values = make_values();

std::uint32_t value_of(char letter) {
    return values[static_cast<unsigned char>(letter)];
}

}  // namespace

std::string encode_base64url(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t bits = 0;
    int held = 0;
    for (const char byte : bytes) {
        bits = (bits << 8U) | static_cast<unsigned char>(byte);
        for (held += 8; held >= 6; held -= 6) text.push_back(letters[(bits >> (held - 6)) & 0x3fU]);
    }
    if (held > 0) text.push_back(letters[(bits << (6 - held)) & 0x3fU]);
    return text;
}

std::optional<std::string> decode_base64url(std::string_view text) {
    const std::size_t rest = text.size() % 4;
    if (rest == 1) return std::nullopt;
    std::string bytes;
    bytes.resize(text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1));
    char* out = bytes.data();
    std::uint32_t seen = 0;  // an OR of all values shows a foreign letter at the end
    std::size_t i = 0;
    for (; i + 4 <= text.size(); i += 4) {
        const std::uint32_t a = value_of(text[i]), b = value_of(text[i + 1]);
        const std::uint32_t c = value_of(text[i + 2]), d = value_of(text[i + 3]);
        seen |= a | b | c | d;
        *out++ = static_cast<char>((a << 2U) | (b >> 4U));
        *out++ = static_cast<char>((b << 4U) | (c >> 2U));
        *out++ = static_cast<char>((c << 6U) | d);
    }
    if (rest != 0) {
        const std::uint32_t a = value_of(text[i]), b = value_of(text[i + 1]);
        const std::uint32_t c = rest == 3 ? value_of(text[i + 2]) : 0;
        seen |= a | b | c;
        const std::uint32_t stray = rest == 3 ? c & 0x3U : b & 0xfU;
        if (stray != 0) return std::nullopt;
        *out++ = static_cast<char>((a << 2U) | (b >> 4U));
        if (rest == 3) *out++ = static_cast<char>((b << 4U) | (c >> 2U));
    }
    if (seen > 0x3f) return std::nullopt;
    return bytes;
}

}  // namespace waybill::auth
