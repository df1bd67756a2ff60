#include "chassis/auth/base64url.hpp"

#include <array>
#include <cstdint>

namespace waybill::auth {
namespace {

constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint32_t foreign = std::uint32_t{1} << 24U;  // no place of a letter reaches it

/// Every letter's value, shifted to where it stands in a group of four: a group is then four
/// look-ups and three ORs.
using Shifted = std::array<std::uint32_t, 256>;
constexpr Shifted make_values(unsigned shift) {
    Shifted values{};
    values.fill(foreign);
    for (std::uint32_t i = 0; i < letters.size(); ++i)
        values[static_cast<unsigned char>(letters[i])] = i << shift;
    return values;
}
constexpr std::array<Shifted, 4> values{make_values(18), make_values(12), make_values(6),
                                        make_values(0)};

std::uint32_t value_of(std::size_t place, char letter) {
    return values[place][static_cast<unsigned char>(letter)];
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
        const std::uint32_t group = value_of(0, text[i]) | value_of(1, text[i + 1]) |
                                    value_of(2, text[i + 2]) | value_of(3, text[i + 3]);
        seen |= group;
        *out++ = static_cast<char>(group >> 16U);
        *out++ = static_cast<char>(group >> 8U);
        *out++ = static_cast<char>(group);
    }
    if (rest != 0) {
        const std::uint32_t group = value_of(0, text[i]) | value_of(1, text[i + 1]) |
                                    (rest == 3 ? value_of(2, text[i + 2]) : 0);
        seen |= group;
        const std::uint32_t stray = group & (rest == 3 ? 0xffU : 0xffffU);
        if (stray != 0) return std::nullopt;
        *out++ = static_cast<char>(group >> 16U);
        if (rest == 3) *out++ = static_cast<char>(group >> 8U);
    }
    if ((seen & foreign) != 0) return std::nullopt;
    return bytes;
}

}  // namespace waybill::auth
