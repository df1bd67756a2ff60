#include "chassis/http/chunked.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "chassis/http/wire.hpp"

namespace waybill::http {
namespace {

constexpr std::size_t size_digits_max = 15;

/// `;name`, `;name=token` or `;name="quoted"`: what may stand in either is checked, not its shape.
bool is_extension(std::string_view text) {
    const bool visible = std::all_of(text.begin(), text.end(),
                                     [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); });
    return visible && text.size() >= 2 && text.front() == ';' && is_token(text.substr(1, 1));
}

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::refuse(std::string_view reason) {
    refusal_ = reason;
    return {ParseState::refused, 0, {}};
}

bool ChunkedDecoder::spend(std::size_t bytes) {
    overhead_ += bytes;
    if (overhead_ <= overhead_bytes_max) return true;
    refusal_ = "The chunk extensions or trailers are too large.";
    return false;
}

ChunkedDecoder::Step ChunkedDecoder::take_line(std::string_view bytes) {
    const std::size_t feed = bytes.find('\n');
    const std::size_t size = std::min(feed, bytes.size());
    if (size > line_bytes_max + 1) return refuse("A line of the chunked body is too long.");
    if (feed == std::string_view::npos) return {};
    if (feed == 0 || bytes[feed - 1] != '\r')
        return refuse("A line of the chunked body does not end in CRLF.");
    return {ParseState::incomplete, feed + 1, bytes.substr(0, feed - 1)};
}

bool ChunkedDecoder::read_size(std::string_view line) {
    std::size_t digits = 0;
    std::uint64_t size = 0;
    for (; digits < line.size() && hex_value(line[digits]) >= 0; ++digits) {
        if (digits == size_digits_max) {
            refusal_ = "A chunk size has too many digits.";
            return false;
        }
        size = size * 16 + static_cast<std::uint64_t>(hex_value(line[digits]));
    }
    const std::string_view rest = line.substr(digits);
    if (digits == 0 || !(rest.empty() || is_extension(rest))) {
        refusal_ = "A chunk size is malformed.";
        return false;
    }
    left_ = size;
    part_ = size == 0 ? Part::trailer : Part::data;
    return spend(rest.size());
}

bool ChunkedDecoder::read_trailer(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) ||
        !is_field_value(line.substr(colon + 1))) {
        refusal_ = "A trailer field is malformed.";
        return false;
    }
    return spend(line.size());
}

ChunkedDecoder::Step ChunkedDecoder::next(std::string_view bytes) {
    if (!refusal_.empty()) return {ParseState::refused, 0, {}};
    std::size_t consumed = 0;
    for (;;) {
        const std::string_view rest = bytes.substr(consumed);
        if (part_ == Part::data) {
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
            left_ -= size;
            if (left_ == 0) part_ = Part::data_end;
            return {ParseState::incomplete, consumed + size, rest.substr(0, size)};
        }
        if (part_ == Part::data_end) {
            if (!std::string_view("\r\n").starts_with(rest.substr(0, 2)))
                return refuse("A chunk is longer than its size.");
            if (rest.size() < 2) return {ParseState::incomplete, consumed, {}};
            consumed += 2;
            part_ = Part::size;
            continue;
        }
        const Step line = take_line(rest);
        if (line.state == ParseState::refused) return line;
        if (line.consumed == 0) return {ParseState::incomplete, consumed, {}};
        consumed += line.consumed;
        if (part_ == Part::trailer && line.data.empty())
            return {ParseState::complete, consumed, {}};
        if (!(part_ == Part::size ? read_size(line.data) : read_trailer(line.data)))
            return {ParseState::refused, 0, {}};
    }
}

void append_chunk_size(std::string& out, std::size_t size) {
    fmt::format_to(std::back_inserter(out), "{:x}\r\n", size);
}

}  // namespace waybill::http
