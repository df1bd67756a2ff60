#include "chassis/http/serializer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>

#include "chassis/http/wire.hpp"

namespace waybill::http {
namespace {

/// What frames the message or speaks about the connection belongs to whoever holds the connection.
bool is_connection_field(std::string_view name) {
    static constexpr std::array<std::string_view, 8> names = {
        "connection", "transfer-encoding", "keep-alive",       "upgrade",
        "te",         "trailer",           "proxy-connection", "expect"};
    return std::any_of(names.begin(), names.end(), [&](std::string_view known) {
        return known.size() == name.size() && equal_ignoring_case(known, name);
    });
}

bool append_fields(std::string& out, const Headers& headers, bool keep_content_length) {
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const Headers::Field field = headers.at(i);
        if (is_connection_field(field.name)) continue;
        if (!keep_content_length && equal_ignoring_case(field.name, "content-length")) continue;
        if (!is_token(field.name) || !is_field_value(field.value)) return false;
        out.append(field.name).append(": ").append(field.value).append("\r\n");
    }
    return true;
}

void append_delivery(std::string& out, const Delivery& delivery) {
    if (delivery.framing == Framing::length)
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", delivery.content_length);
    if (delivery.framing == Framing::chunked) out += "Transfer-Encoding: chunked\r\n";
    if (delivery.close) out += "Connection: close\r\n";
    out += "\r\n";
}

bool is_target(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

}  // namespace

std::string_view reason_phrase(std::uint16_t status) {
    struct Entry {
        std::uint16_t status;
        std::string_view phrase;
    };
    static constexpr std::array entries = {
        Entry{100, "Continue"},
        Entry{200, "OK"},
        Entry{201, "Created"},
        Entry{202, "Accepted"},
        Entry{204, "No Content"},
        Entry{206, "Partial Content"},
        Entry{301, "Moved Permanently"},
        Entry{302, "Found"},
        Entry{303, "See Other"},
        Entry{304, "Not Modified"},
        Entry{307, "Temporary Redirect"},
        Entry{308, "Permanent Redirect"},
        Entry{400, "Bad Request"},
        Entry{401, "Unauthorized"},
        Entry{403, "Forbidden"},
        Entry{404, "Not Found"},
        Entry{405, "Method Not Allowed"},
        Entry{406, "Not Acceptable"},
        Entry{408, "Request Timeout"},
        Entry{409, "Conflict"},
        Entry{410, "Gone"},
        Entry{411, "Length Required"},
        Entry{412, "Precondition Failed"},
        Entry{413, "Content Too Large"},
        Entry{414, "URI Too Long"},
        Entry{415, "Unsupported Media Type"},
        Entry{416, "Range Not Satisfiable"},
        Entry{417, "Expectation Failed"},
        Entry{421, "Misdirected Request"},
        Entry{422, "Unprocessable Content"},
        Entry{425, "Too Early"},
        Entry{426, "Upgrade Required"},
        Entry{428, "Precondition Required"},
        Entry{429, "Too Many Requests"},
        Entry{431, "Request Header Fields Too Large"},
        Entry{500, "Internal Server Error"},
        Entry{501, "Not Implemented"},
        Entry{502, "Bad Gateway"},
        Entry{503, "Service Unavailable"},
        Entry{504, "Gateway Timeout"},
        Entry{505, "HTTP Version Not Supported"},
    };
    const auto* found = std::find_if(entries.begin(), entries.end(),
                                     [&](const Entry& entry) { return entry.status == status; });
    return found == entries.end() ? std::string_view() : found->phrase;
}

std::string_view DateCache::text(Timestamp now) {
    const std::int64_t second = now.us / 1'000'000;
    if (second == second_) return text_;
    second_ = second;
    static constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed",
                                                             "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::chrono::sys_seconds time{std::chrono::seconds(second)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    text_ =
        fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                    days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                    months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                    clock.hours().count(), clock.minutes().count(), clock.seconds().count());
    return text_;
}

bool append_response_head(std::string& out, const Response& response, const Delivery& delivery,
                          std::string_view date) {
    const std::size_t before = out.size();
    if (response.status == 200)
        out += "HTTP/1.1 200 OK\r\n";
    else
        fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status,
                       reason_phrase(response.status));
    if (!response.headers.get("date")) out.append("Date: ").append(date).append("\r\n");
    if (!response.headers.get("cache-control")) out += "Cache-Control: no-store\r\n";
    if (!response.headers.get("x-content-type-options"))
        out += "X-Content-Type-Options: nosniff\r\n";
    if (response.status >= 100 && response.status <= 599 &&
        append_fields(out, response.headers, delivery.keep_content_length)) {
        append_delivery(out, delivery);
        return true;
    }
    out.resize(before);
    return false;
}

bool append_request_head(std::string& out, const Request& request, const Delivery& delivery,
                         std::string_view host) {
    if (!is_token(request.method) || !is_target(request.path) || !is_target(request.query) ||
        request.path.find('?') != std::string::npos ||
        !(request.path.starts_with('/') || request.path == "*"))
        return false;
    const std::size_t before = out.size();
    out.append(request.method).append(" ").append(request.path);
    if (!request.query.empty()) out.append("?").append(request.query);
    out += " HTTP/1.1\r\n";
    if (!request.headers.get("host")) out.append("Host: ").append(host).append("\r\n");
    if (append_fields(out, request.headers, false)) {
        append_delivery(out, delivery);
        return true;
    }
    out.resize(before);
    return false;
}

}  // namespace waybill::http
