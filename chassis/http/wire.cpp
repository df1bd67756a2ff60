#include "chassis/http/wire.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace waybill::http {
namespace {

using Table = std::array<bool, 256>;

constexpr bool is_alphanumeric(unsigned c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr Table token_table = [] {
    Table table{};
    for (unsigned c = 0; c < 256; ++c) table[c] = is_alphanumeric(c);
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

constexpr Table value_table = [] {
    Table table{};
    for (unsigned c = 0x20; c < 256; ++c) table[c] = c != 0x7f;
    table['\t'] = true;
    return table;
}();

constexpr Table query_table = [] {
    Table table{};
    for (unsigned c = 0x21; c < 0x7f; ++c) table[c] = true;
    for (const char c : std::string_view("\"#<>\\^`{|}"))
        table[static_cast<unsigned char>(c)] = false;
    return table;
}();

/// True when one of eight octets is below 0x20 or is 0x7f; never false then.
constexpr bool may_hold_control(std::uint64_t octets) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t highs = 0x80 * ones;
    const std::uint64_t below = (octets - 0x20 * ones) & ~octets;
    const std::uint64_t deletes = octets ^ (0x7f * ones);
    return ((below | ((deletes - ones) & ~deletes)) & highs) != 0;
}

constexpr std::array<signed char, 256> hex_table = [] {
    std::array<signed char, 256> table{};
    for (auto& entry : table) entry = -1;
    for (std::size_t i = 0; i < 10; ++i) table['0' + i] = static_cast<signed char>(i);
    for (std::size_t i = 0; i < 6; ++i) {
        table['a' + i] = static_cast<signed char>(10 + i);
        table['A' + i] = static_cast<signed char>(10 + i);
    }
    return table;
}();

bool all_in(const Table& table, std::string_view text) {
    for (const char c : text)
        if (!table[static_cast<unsigned char>(c)]) return false;
    return true;
}

bool is_port(std::string_view text) {
    const auto port = text.size() <= 5 ? parse_decimal(text) : std::nullopt;
    return port && *port >= 1 && *port <= 65535;
}

bool is_ipv6_text(std::string_view text) {
    const auto allowed = [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; };
    return text.size() >= 2 && text.size() <= 45 &&
           std::all_of(text.begin(), text.end(), allowed) &&
           text.find(':') != std::string_view::npos;
}

bool is_name(std::string_view text) {
    const auto allowed = [](char c) {
        return is_alphanumeric(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' ||
               c == '~';
    };
    return !text.empty() && text.size() <= 255 && text.front() != '.' &&
           std::all_of(text.begin(), text.end(), allowed);
}

/// The length of the UTF-8 sequence at the start of `text`, or 0 when it is none.
std::size_t utf8_sequence(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        const bool second = lead == 0xe0 ? byte(1) >= 0xa0 : lead == 0xed ? byte(1) <= 0x9f : true;
        return second && continues(1) && continues(2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        const bool second = lead == 0xf0 ? byte(1) >= 0x90 : lead == 0xf4 ? byte(1) <= 0x8f : true;
        return second && continues(1) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

}  // namespace

bool is_token(std::string_view text) {
    return !text.empty() && all_in(token_table, text);
}

bool is_field_value(std::string_view text) {
    // Eight octets at a time; a tab sends its eight to the table.
    while (text.size() >= 8) {
        std::uint64_t octets = 0;
        std::memcpy(&octets, text.data(), 8);
        if (may_hold_control(octets) && !all_in(value_table, text.substr(0, 8))) return false;
        text.remove_prefix(8);
    }
    return all_in(value_table, text);
}

bool is_query(std::string_view text) {
    return all_in(query_table, text);
}

int hex_value(char c) {
    return hex_table[static_cast<unsigned char>(c)];
}

std::optional<std::uint64_t> parse_decimal(std::string_view digits) {
    if (digits.empty() || digits.size() > 20) return std::nullopt;
    constexpr std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (max - digit) / 10) return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

std::string_view trim_whitespace(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

bool is_host(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || !is_ipv6_text(text.substr(1, end - 1))) return false;
        const std::string_view rest = text.substr(end + 1);
        return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
    }
    const std::size_t colon = text.find(':');
    if (!is_name(text.substr(0, colon))) return false;
    return colon == std::string_view::npos || is_port(text.substr(colon + 1));
}

}  // namespace waybill::http
