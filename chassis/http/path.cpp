#include "chassis/http/path.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "chassis/http/wire.hpp"

namespace waybill::http {
namespace {

enum class Kind : std::uint8_t { refused, reserved, unreserved };

/// RFC 3986 3.3: what may stand in a path segment as it is.
constexpr std::array<Kind, 256> kinds = [] {
    std::array<Kind, 256> table{};
    for (unsigned c = 0; c < 128; ++c)
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
            table[c] = Kind::unreserved;
    for (const char c : std::string_view("-._~"))
        table[static_cast<unsigned char>(c)] = Kind::unreserved;
    for (const char c : std::string_view("!$&'()*+,;=:@"))
        table[static_cast<unsigned char>(c)] = Kind::reserved;
    return table;
}();

Kind kind_of(unsigned char c) {
    return kinds[c];
}

bool must_not_be_escaped(unsigned char c) {
    return c < 0x20 || c == 0x7f || c == '/' || c == '\\' || c == '%';
}

/// C1 control characters are two octets in UTF-8: C2 80..9F.
bool holds_c1_control(std::string_view text) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        if (text[i] == '\xc2' && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
    return false;
}

/// Appends one segment, escapes settled; false when it must be refused.
bool append_segment(std::string_view segment, std::string& out) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string octets;  // those above ASCII: all come as escapes
    for (std::size_t i = 0; i < segment.size(); ++i) {
        const auto c = static_cast<unsigned char>(segment[i]);
        if (c != '%') {
            if (kind_of(c) == Kind::refused) return false;
            if (!octets.empty()) octets += ' ';
            out += static_cast<char>(c);
            continue;
        }
        if (i + 2 >= segment.size()) return false;
        const int high = hex_value(segment[i + 1]);
        const int low = hex_value(segment[i + 2]);
        if (high < 0 || low < 0) return false;
        const auto decoded = static_cast<unsigned char>(high * 16 + low);
        if (must_not_be_escaped(decoded)) return false;
        i += 2;
        if (decoded >= 0x80 || !octets.empty()) octets += static_cast<char>(decoded);
        if (kind_of(decoded) == Kind::unreserved)
            out += static_cast<char>(decoded);
        else
            out.append({'%', digits[decoded >> 4U], digits[decoded & 15U]});
    }
    return octets.empty() || (is_utf8(octets) && !holds_c1_control(octets));
}

/// `.;x` and `..%3Bx`: a dot segment to readers that cut path parameters off first.
bool is_disguised_dot_segment(std::string_view segment) {
    const std::size_t dots = segment.starts_with("..") ? 2 : segment.starts_with(".") ? 1 : 0;
    const std::string_view rest = segment.substr(dots);
    return dots != 0 && (rest.starts_with(";") || rest.starts_with("%3B"));
}

/// True when the path is its own normal form by its characters alone.
bool is_plain(std::string_view raw) {
    char before = 0;
    for (const char c : raw) {
        if (before == '/' && (c == '/' || c == '.')) return false;
        if (c != '/' && kind_of(static_cast<unsigned char>(c)) == Kind::refused) return false;
        before = c;
    }
    return true;
}

}  // namespace

bool normalise_path(std::string_view raw, std::string& out) {
    out.clear();
    if (!raw.starts_with('/')) return false;
    if (is_plain(raw)) {
        out = raw;
        return true;
    }
    out.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size();) {
        const std::size_t slash = std::min(raw.find('/', at + 1), raw.size());
        const std::string_view segment = raw.substr(at + 1, slash - at - 1);
        const bool last = slash == raw.size();
        at = slash;
        if (segment.empty() && !last) return false;
        const std::size_t begin = out.size();
        out += '/';
        if (!append_segment(segment, out)) return false;
        const std::string_view settled = std::string_view(out).substr(begin + 1);
        if (is_disguised_dot_segment(settled)) return false;
        if (settled != "." && settled != "..") continue;
        const bool up = settled == "..";
        out.resize(begin);
        if (up) {
            if (out.empty()) return false;
            out.resize(out.rfind('/'));
        }
        if (last) out += '/';
    }
    return true;
}

}  // namespace waybill::http
