#include "chassis/http/response_parser.hpp"

#include "chassis/http/wire.hpp"

namespace waybill::http {

bool ResponseParser::refuse(std::string_view reason) {
    if (refusal_.status == 0) refusal_ = {502, reason};
    return false;
}

void ResponseParser::reset() {
    lines_.reset();
    head_ = {};
    refusal_ = {};
    start_checked_ = version_1_0_ = coding_seen_ = false;
}

ParseState ResponseParser::feed(std::string_view bytes, bool to_head) {
    if (refusal_.status != 0) return ParseState::refused;
    const ParseState state = lines_.feed(bytes);
    if (lines_.has_start_line() && !start_checked_) {
        start_checked_ = true;
        if (!read_start_line(lines_.start_line(bytes))) return ParseState::refused;
    }
    if (state == ParseState::refused) {
        refuse(lines_.refusal().reason);
        return state;
    }
    if (state == ParseState::complete) {
        for (const Headers::Place& place : lines_.fields())
            if (!read_field(lines_.field(bytes, place))) return ParseState::refused;
        if (!settle(to_head)) return ParseState::refused;
    }
    return state;
}

/// `HTTP/1.1 200 reason`; the reason may be empty, the space before it may not be missing.
bool ResponseParser::read_start_line(std::string_view line) {
    if (line.size() < 13 || (!line.starts_with("HTTP/1.1 ") && !line.starts_with("HTTP/1.0 ")) ||
        line[12] != ' ')
        return refuse("The status line is malformed.");
    version_1_0_ = line[7] == '0';
    const auto status = parse_decimal(line.substr(9, 3));
    if (!status || *status < 100 || *status > 599) return refuse("The status code is malformed.");
    if (!is_field_value(line.substr(13))) return refuse("The reason holds a control character.");
    head_.status = static_cast<std::uint16_t>(*status);
    head_.keep_alive = !version_1_0_;
    return true;
}

bool ResponseParser::read_field(Headers::Field field) {
    if (equal_ignoring_case(field.name, "content-length")) {
        const auto length = parse_decimal(field.value);
        if (head_.has_content_length) return refuse("There is more than one Content-Length field.");
        if (!length) return refuse("The Content-Length field is not a number.");
        head_.has_content_length = true;
        head_.content_length = *length;
    } else if (equal_ignoring_case(field.name, "transfer-encoding")) {
        if (coding_seen_ || !equal_ignoring_case(field.value, "chunked"))
            return refuse("The Transfer-Encoding field is not `chunked`.");
        coding_seen_ = true;
    } else if (equal_ignoring_case(field.name, "connection")) {
        for_each_element(field.value, [&](std::string_view option) {
            if (equal_ignoring_case(option, "close")) head_.keep_alive = false;
        });
    }
    return true;
}

bool ResponseParser::settle(bool to_head) {
    if (coding_seen_ && head_.has_content_length)
        return refuse("There is a Content-Length beside a Transfer-Encoding.");
    const bool bodiless = head_.status < 200 || head_.status == 204 || head_.status == 304;
    if (coding_seen_ && (version_1_0_ || head_.status < 200 || head_.status == 204))
        return refuse("There is a Transfer-Encoding where none may be.");
    if (to_head || bodiless)
        head_.framing = Framing::none;
    else if (coding_seen_)
        head_.framing = Framing::chunked;
    else if (head_.has_content_length)
        head_.framing = Framing::length;
    else
        head_.framing = Framing::until_close;
    if (head_.framing == Framing::until_close) head_.keep_alive = false;
    return true;
}

}  // namespace waybill::http
