#include "chassis/http/head_lines.hpp"

#include "chassis/http/wire.hpp"

namespace waybill::http {

ParseState HeadLines::refuse(std::uint16_t status, std::string_view reason) {
    refusal_ = {status, reason};
    return ParseState::refused;
}

void HeadLines::reset() {
    line_ = scanned_ = start_ = start_size_ = 0;
    start_line_known_ = blank_seen_ = false;
    fields_.clear();
    refusal_ = {};
}

ParseState HeadLines::feed(std::string_view bytes) {
    while (refusal_.status == 0) {
        const std::size_t feed = bytes.find('\n', scanned_);
        if (feed == std::string_view::npos) {
            scanned_ = bytes.size();
            return check_pending(bytes);
        }
        scanned_ = feed + 1;
        if (check_pending(bytes.substr(0, feed)) == ParseState::refused) break;
        if (feed == line_ || bytes[feed - 1] != '\r')
            return refuse(400, "A line does not end in CRLF.");
        if (const ParseState state = take_line(bytes, feed - 1); state != ParseState::incomplete)
            return state;
    }
    return ParseState::refused;
}

/// What has no line end yet must not outgrow its limit unseen; its last byte may be the CR.
ParseState HeadLines::check_pending(std::string_view bytes) {
    const std::size_t pending = bytes.size() - line_;
    if (!start_line_known_ && pending > limits_.start_line_bytes + 1)
        return refuse(414, "The request line is too long.");
    if (bytes.size() > limits_.bytes) return refuse(431, "The header fields are too large.");
    return ParseState::incomplete;
}

ParseState HeadLines::take_line(std::string_view bytes, std::size_t end) {
    const std::size_t next = end + 2;
    if (!start_line_known_) {
        // RFC 9112 2.2: one empty line before a request is ignored.
        if (end == line_ && !blank_seen_) {
            blank_seen_ = true;
            line_ = next;
            return ParseState::incomplete;
        }
        if (end == line_) return refuse(400, "The request line is empty.");
        if (end - line_ > limits_.start_line_bytes)
            return refuse(414, "The request line is too long.");
        start_ = line_;
        start_size_ = end - line_;
        start_line_known_ = true;
        line_ = next;
        return next > limits_.bytes ? refuse(431, "The header fields are too large.")
                                    : ParseState::incomplete;
    }
    if (next > limits_.bytes) return refuse(431, "The header fields are too large.");
    if (end != line_) {
        if (const ParseState state = take_field(bytes, end); state != ParseState::incomplete)
            return state;
        line_ = next;
        return ParseState::incomplete;
    }
    line_ = next;
    return ParseState::complete;
}

ParseState HeadLines::take_field(std::string_view bytes, std::size_t end) {
    const std::string_view line = bytes.substr(line_, end - line_);
    if (line.front() == ' ' || line.front() == '\t')
        return refuse(400, "A header line is folded, or begins with a space.");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return refuse(400, "A header line has no colon.");
    if (!is_token(line.substr(0, colon)))
        return refuse(400, "A header name holds a character that is not allowed in it.");
    const std::string_view value = trim_whitespace(line.substr(colon + 1));
    if (!is_field_value(value)) return refuse(400, "A header value holds a control character.");
    if (fields_.size() == limits_.fields) return refuse(431, "There are too many header fields.");
    fields_.push_back({static_cast<std::uint32_t>(line_), static_cast<std::uint32_t>(colon),
                       static_cast<std::uint32_t>(value.data() - bytes.data()),
                       static_cast<std::uint32_t>(value.size())});
    return ParseState::incomplete;
}

}  // namespace waybill::http
