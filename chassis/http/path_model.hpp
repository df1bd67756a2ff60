#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::http {

/// The path normaliser once more, written as plainly as possible and without its helpers: what
/// tests and fuzzing compare it with.
class PathModel {
 public:
    static std::optional<std::string> normalise(std::string_view raw) {
        if (raw.empty() || raw[0] != '/') return std::nullopt;
        std::vector<std::vector<int>> segments(1);
        for (std::size_t i = 1; i < raw.size(); ++i) {
            if (raw[i] == '/') {
                segments.emplace_back();
            } else if (raw[i] == '%') {
                if (i + 2 >= raw.size()) return std::nullopt;
                const auto value = hex(raw.substr(i + 1, 2));
                if (!value) return std::nullopt;
                segments.back().push_back(256 + *value);  // an escaped octet
                i += 2;
            } else {
                segments.back().push_back(static_cast<unsigned char>(raw[i]));
            }
        }
        return join(segments);
    }

 private:
    static std::optional<int> hex(std::string_view two) {
        int value = 0;
        for (const char c : two) {
            const std::size_t digit = std::string_view("0123456789abcdef0123456789ABCDEF").find(c);
            if (digit == std::string_view::npos) return std::nullopt;
            value = value * 16 + static_cast<int>(digit % 16);
        }
        return value;
    }

    static bool contains(std::string_view set, int c) {
        return c > 0 && c < 128 && set.find(static_cast<char>(c)) != std::string_view::npos;
    }

    static bool unreserved(int c) {
        return contains("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", c);
    }

    static std::optional<std::string> settle(const std::vector<int>& segment) {
        std::string text;
        std::vector<int> code;  // the decoded octets, to be checked as UTF-8
        for (const int c : segment) {
            const int octet = c % 256;
            code.push_back(octet);
            if (c < 256) {
                if (!unreserved(c) && !contains("!$&'()*+,;=:@", c)) return std::nullopt;
                text += static_cast<char>(c);
            } else if (octet < 0x20 || octet == 0x7f || contains("/\\%", octet)) {
                return std::nullopt;
            } else if (unreserved(octet)) {
                text += static_cast<char>(octet);
            } else {
                text += '%';
                text += "0123456789ABCDEF"[octet / 16];
                text += "0123456789ABCDEF"[octet % 16];
            }
        }
        return text_of(code) ? std::optional(text) : std::nullopt;
    }

    /// Decodes code points and checks their range instead of the octets' patterns.
    static bool text_of(const std::vector<int>& octets) {
        for (std::size_t i = 0; i < octets.size();) {
            const int lead = octets[i++];
            if (lead < 0x80) continue;
            const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : -1;
            if (more < 0 || lead > 0xf7 || i + static_cast<std::size_t>(more) > octets.size())
                return false;
            std::int64_t point = lead & (0x3f >> more);
            for (int k = 0; k < more; ++k) {
                if (octets[i] / 64 != 2) return false;
                point = point * 64 + octets[i++] % 64;
            }
            const std::int64_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
            if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ||
                point < 0xa0)
                return false;
        }
        return true;
    }

    static std::optional<std::string> join(const std::vector<std::vector<int>>& segments) {
        std::vector<std::string> kept;
        for (std::size_t i = 0; i < segments.size(); ++i) {
            const bool last = i + 1 == segments.size();
            const auto text = settle(segments[i]);
            if (!text || (text->empty() && !last)) return std::nullopt;
            for (const std::string_view dots : {".;", "..;", ".%3B", "..%3B"})
                if (text->starts_with(dots)) return std::nullopt;
            if (*text == "..") {
                if (kept.empty()) return std::nullopt;
                kept.pop_back();
            }
            const bool dots = *text == "." || *text == "..";
            if (!dots) kept.push_back(*text);
            if (dots && last) kept.emplace_back();
        }
        std::string path;
        for (const std::string& one : kept) path += "/" + one;
        return path;
    }
};

}  // namespace waybill::http
