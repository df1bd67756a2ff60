#pragma once
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/http/headers.hpp"

namespace waybill::http {

/// Ends a fuzz run with a crash that the fuzzer keeps.
inline void require(bool holds) {
    if (!holds) std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Increasing ends of prefixes of a text, the last one its size; drawn from the text itself, so
/// that an input replays.
inline std::vector<std::size_t> prefixes(std::string_view text) {
    std::uint64_t state = 0x9e3779b97f4a7c15U + text.size();
    for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    std::vector<std::size_t> ends;
    std::size_t at = 0;
    while (at < text.size()) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        at += 1 + (state >> 33U) % 16;
        ends.push_back(at < text.size() ? at : text.size());
    }
    if (ends.empty()) ends.push_back(0);
    return ends;
}

inline std::vector<std::string> lines_of(const Headers& headers) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < headers.size(); ++i)
        lines.push_back(std::string(headers.at(i).name) + ": " + std::string(headers.at(i).value));
    return lines;
}

/// Every line of a head ends in CRLF, and no other CR, LF or NUL is in it.
inline bool has_clean_lines(std::string_view head) {
    for (std::size_t i = 0; i < head.size(); ++i) {
        if (head[i] == '\n' && (i == 0 || head[i - 1] != '\r')) return false;
        if (head[i] == '\r' && (i + 1 == head.size() || head[i + 1] != '\n')) return false;
        if (head[i] == '\0') return false;
    }
    return true;
}

}  // namespace waybill::http
