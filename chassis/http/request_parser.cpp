#include "chassis/http/request_parser.hpp"

#include "chassis/http/wire.hpp"

namespace waybill::http {
namespace {

constexpr std::size_t method_size_max = 32;

bool is_visible(std::string_view text) {
    for (const char c : text)
        if (c <= ' ' || c >= 0x7f) return false;
    return true;
}

bool is_http_version(std::string_view text) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return text.size() == 8 && text.starts_with("HTTP/") && digit(text[5]) && text[6] == '.' &&
           digit(text[7]);
}

}  // namespace

ParseState RequestParser::refuse(std::uint16_t status, std::string_view reason) {
    if (refusal_.status == 0) refusal_ = {status, reason};
    return ParseState::refused;
}

void RequestParser::reset() {
    lines_.reset();
    head_ = {};
    refusal_ = {};
    authority_ = {};
    start_checked_ = host_seen_ = length_seen_ = coding_seen_ = false;
}

ParseState RequestParser::feed(std::string_view bytes) {
    if (refusal_.status != 0) return ParseState::refused;
    const ParseState state = lines_.feed(bytes);
    // The start line is judged before what follows it, however the bytes were split.
    if (lines_.has_start_line() && (!start_checked_ || state == ParseState::complete)) {
        start_checked_ = true;
        if (!read_start_line(lines_.start_line(bytes))) return ParseState::refused;
    }
    if (state == ParseState::refused)
        return refuse(lines_.refusal().status, lines_.refusal().reason);
    if (state == ParseState::complete && (!read_fields(bytes) || !settle()))
        return ParseState::refused;
    return state;
}

bool RequestParser::read_start_line(std::string_view line) {
    const auto no = [&](std::uint16_t status, std::string_view reason) {
        refuse(status, reason);
        return false;
    };
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return no(400, "The request line is not method, target and version.");
    head_.method = line.substr(0, first);
    if (!is_token(head_.method)) return no(400, "The method is not a token.");
    const std::string_view version = line.substr(last + 1);
    if (!is_http_version(version)) return no(400, "The HTTP version is malformed.");
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (target.empty() || !is_visible(target))
        return no(400, "The request target holds a character that is not allowed in it.");
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return no(505, "Only HTTP/1.1 and HTTP/1.0 are served here.");
    head_.version_1_0 = version.back() == '0';
    if (head_.method.size() > method_size_max || head_.method == "CONNECT")
        return no(501, "The method is not implemented.");
    return read_target(target);
}

bool RequestParser::read_target(std::string_view target) {
    if (target == "*" && head_.method == "OPTIONS") {
        head_.path = target;
        return true;
    }
    if (target.front() != '/') return read_absolute_target(target);
    const std::size_t mark = target.find('?');
    head_.path = target.substr(0, mark);
    head_.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    if (is_query(head_.query)) return true;
    refuse(400, "The query holds a character that is not allowed in it.");
    return false;
}

bool RequestParser::read_absolute_target(std::string_view target) {
    std::size_t scheme = 0;
    if (target.size() >= 7 && equal_ignoring_case(target.substr(0, 7), "http://")) scheme = 7;
    if (target.size() >= 8 && equal_ignoring_case(target.substr(0, 8), "https://")) scheme = 8;
    if (scheme == 0) {
        refuse(400, "The request target is neither a path nor an http URL.");
        return false;
    }
    const std::size_t slash = target.find_first_of("/?", scheme);
    authority_ = target.substr(scheme, slash - scheme);
    if (!is_host(authority_)) {
        refuse(400, "The request target names no valid host.");
        return false;
    }
    if (slash == std::string_view::npos || target[slash] == '?') {
        head_.path = "/";
        head_.query =
            slash == std::string_view::npos ? std::string_view() : target.substr(slash + 1);
        if (is_query(head_.query)) return true;
        refuse(400, "The query holds a character that is not allowed in it.");
        return false;
    }
    return read_target(target.substr(slash));
}

bool RequestParser::read_fields(std::string_view bytes) {
    for (const Headers::Place& place : lines_.fields())
        if (!read_field(lines_.field(bytes, place))) return false;
    return true;
}

bool RequestParser::read_field(Headers::Field field) {
    switch (field.name.size()) {
        case 4:
            return !equal_ignoring_case(field.name, "host") || read_host(field.value);
        case 6:
            if (!equal_ignoring_case(field.name, "expect")) return true;
            head_.expects_continue = true;
            if (equal_ignoring_case(field.value, "100-continue")) return true;
            refuse(417, "Only the expectation 100-continue is met here.");
            return false;
        case 10:
            return !equal_ignoring_case(field.name, "connection") || read_connection(field.value);
        case 14:
            return !equal_ignoring_case(field.name, "content-length") || read_length(field.value);
        case 17:
            return !equal_ignoring_case(field.name, "transfer-encoding") ||
                   read_coding(field.value);
        default:
            return true;
    }
}

bool RequestParser::read_host(std::string_view value) {
    if (host_seen_) refuse(400, "There is more than one Host field.");
    host_seen_ = true;
    if (!is_host(value)) refuse(400, "The Host field is not a valid host.");
    head_.host = value;
    return refusal_.status == 0;
}

bool RequestParser::read_length(std::string_view value) {
    const auto length = parse_decimal(value);
    if (length_seen_) refuse(400, "There is more than one Content-Length field.");
    if (!length) refuse(400, "The Content-Length field is not a number.");
    length_seen_ = true;
    head_.framing = Framing::length;
    head_.content_length = length.value_or(0);
    return refusal_.status == 0;
}

bool RequestParser::read_coding(std::string_view value) {
    if (coding_seen_) refuse(400, "There is more than one Transfer-Encoding field.");
    coding_seen_ = true;
    if (equal_ignoring_case(value, "chunked")) {
        head_.framing = Framing::chunked;
        return refusal_.status == 0;
    }
    std::string_view last;
    bool tokens = true;
    int chunked = 0;
    int others = 0;
    for_each_element(value, [&](std::string_view coding) {
        last = coding;
        tokens = tokens && is_token(coding);
        ++(equal_ignoring_case(coding, "chunked") ? chunked : others);
    });
    if (tokens && others > 0 && chunked == 1 && equal_ignoring_case(last, "chunked"))
        refuse(501, "Transfer codings other than chunked are not implemented.");
    refuse(400, "The Transfer-Encoding field is not `chunked`.");
    return false;
}

bool RequestParser::read_connection(std::string_view value) {
    for_each_element(value, [&](std::string_view option) {
        if (equal_ignoring_case(option, "close")) head_.keep_alive = false;
        // A proxy would drop what is listed here, and the next hop read another message.
        for (const std::string_view vital : {"host", "content-length", "transfer-encoding"})
            if (equal_ignoring_case(option, vital))
                refuse(400, "The Connection field lists a field that must not be dropped.");
    });
    return refusal_.status == 0;
}

bool RequestParser::settle() {
    if (length_seen_ && coding_seen_)
        refuse(400, "There is a Content-Length beside a Transfer-Encoding.");
    if (coding_seen_ && head_.version_1_0) refuse(400, "HTTP/1.0 knows no Transfer-Encoding.");
    if (!host_seen_ && !head_.version_1_0) refuse(400, "The Host field is missing.");
    if (!authority_.empty()) {
        if (host_seen_ && !equal_ignoring_case(authority_, head_.host))
            refuse(400, "The Host field differs from the request target's host.");
        head_.host = authority_;
    }
    if (head_.version_1_0) {
        head_.keep_alive = false;
        head_.expects_continue = false;
    }
    return refusal_.status == 0;
}

}  // namespace waybill::http
