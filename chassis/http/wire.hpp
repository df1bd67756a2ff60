#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace waybill::http {

/// RFC 9110 5.6.2: one or more `tchar`.
bool is_token(std::string_view text);
/// RFC 9110 5.5: visible characters, obs-text, spaces and tabs; never a control character.
bool is_field_value(std::string_view text);
/// RFC 3986 3.4, and the brackets that browsers do not escape.
bool is_query(std::string_view text);
/// Hexadecimal digit's value, or -1.
int hex_value(char c);
/// Decimal digits only, without sign or space, within 64 bits.
std::optional<std::uint64_t> parse_decimal(std::string_view digits);
/// Without leading and trailing spaces and tabs.
std::string_view trim_whitespace(std::string_view text);
/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
/// A `Host` value: a name of letters, digits and `-._~`, an IPv4 address, or a bracketed IPv6
/// address, with an optional port of 1 to 65535. Empty, user information and escapes are refused.
bool is_host(std::string_view text);

/// Calls `visit` for every element of a comma-separated list, trimmed, empty ones left out
/// (RFC 9110 5.6.1).
template <class Visit>
void for_each_element(std::string_view list, Visit visit) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        const std::string_view element = trim_whitespace(list.substr(0, comma));
        if (!element.empty()) visit(element);
        if (comma == std::string_view::npos) return;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace waybill::http
