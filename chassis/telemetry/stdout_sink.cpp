#include "chassis/telemetry/stdout_sink.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <iterator>

#include "chassis/base/json_writer.hpp"
#include "chassis/telemetry/names.hpp"
#include "chassis/telemetry/otlp_json.hpp"
#include "chassis/telemetry/otlp_reader.hpp"
#include "chassis/telemetry/resources.hpp"

namespace waybill::telemetry {
namespace {

constexpr unsigned line_attributes_field = 6;

struct Attribute {
    std::string_view key;
    std::string_view value;  ///< an AnyValue message
};

Attribute read_attribute(std::string_view pair) {
    Attribute read;
    for (wire::Fields field(pair); field.next();) {
        if (field.number() == 1) read.key = field.bytes();
        if (field.number() == 2) read.value = field.bytes();
    }
    return read;
}

/// A text a terminal can be trusted with: control characters escaped, in quotes when it needs.
void append_terminal_text(std::string& out, std::string_view text) {
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c != '"' && c != '\\' && c != '\x7f';
    });
    if (plain) {
        out.append(text);
        return;
    }
    json::Writer json(out);
    write_text(json, text);
}

void append_terminal_value(std::string& out, std::string_view any_value) {
    wire::Fields field(any_value);
    if (field.next() && field.number() == 1) {
        append_terminal_text(out, field.bytes());
        return;
    }
    json::Writer json(out);
    write_plain_value(json, any_value);
}

}  // namespace

void append_json_line(std::string& out, const EncodedLog& log, std::string_view service) {
    json::Writer json(out);
    json.begin_object().plain_key("timestamp").time({log.time_us});
    json.plain_key("severity").string(severity_text(log.severity));
    write_text(json.plain_key("body"), log.body);
    if (log.context.valid()) {
        json.plain_key("trace_id").string(log.context.trace_id_hex());
        json.plain_key("span_id").string(log.context.span_id_hex());
        json.plain_key("trace_flags").string(fmt::format("{:02x}", log.context.flags));
    }
    json.plain_key("service").string(service);
    if (!log.event_name.empty()) write_text(json.plain_key("event_name"), log.event_name);
    json.plain_key("attributes").begin_object();
    for (wire::Fields field(log.bytes); field.next();) {
        if (field.number() != line_attributes_field) continue;
        const Attribute attribute = read_attribute(field.bytes());
        write_plain_value(json.key(attribute.key), attribute.value);
    }
    json.end_object().end_object();
    out.push_back('\n');
}

void append_text_line(std::string& out, const EncodedLog& log, std::string_view service) {
    const std::string time = Timestamp{log.time_us}.to_string();
    const std::string_view body = log.body;
    fmt::format_to(std::back_inserter(out), "{} {:<5} {}: ", std::string_view(time).substr(11, 12),
                   severity_text(log.severity), service);
    if (std::all_of(body.begin(), body.end(), [](char c) { return c >= ' ' && c != '\x7f'; }))
        out.append(body);
    else
        append_terminal_text(out, body);
    if (!log.event_name.empty()) {
        out.append(" event=");
        append_terminal_text(out, log.event_name);
    }
    for (wire::Fields field(log.bytes); field.next();) {
        if (field.number() != line_attributes_field) continue;
        const Attribute attribute = read_attribute(field.bytes());
        const bool of_code = attribute.key == attribute::code_file_path ||
                             attribute.key == attribute::code_line_number;
        if (of_code && log.severity < Severity::warn) continue;
        out.push_back(' ');
        append_terminal_text(out, attribute.key);
        out.push_back('=');
        append_terminal_value(out, attribute.value);
    }
    if (log.context.valid()) out.append(" trace=").append(log.context.trace_id_hex());
    out.push_back('\n');
}

void LineSink::logs(std::span<const EncodedLog> batch) {
    for (const EncodedLog& log : batch) {
        line_.clear();
        const std::string_view service = resources_.at(log.service).service_name;
        if (format_ == LogFormat::json)
            append_json_line(line_, log, service);
        else
            append_text_line(line_, log, service);
        if (waiting_.size() + line_.size() > waiting_bytes_max) write_what_it_takes();
        if (waiting_.size() + line_.size() > waiting_bytes_max)
            ++dropped_;
        else
            waiting_.append(line_);
    }
    write_what_it_takes();
}

bool LineSink::writable(int timeout_ms) const {
    pollfd waiter{fd_, POLLOUT, 0};
    return ::poll(&waiter, 1, timeout_ms) == 1 && (waiter.revents & POLLOUT) != 0;
}

/// Whole chunks of at most PIPE_BUF after a poll: so even a blocking pipe does not block.
void LineSink::write_what_it_takes() {
    std::size_t written = 0;
    while (written < waiting_.size() && writable(0)) {
        const std::size_t size = std::min<std::size_t>(waiting_.size() - written, PIPE_BUF);
        const auto count = ::write(fd_, waiting_.data() + written, size);
        if (count <= 0) break;
        written += static_cast<std::size_t>(count);
    }
    waiting_.erase(0, written);
}

void LineSink::flush(Deadline deadline) {
    for (write_what_it_takes(); !waiting_.empty(); write_what_it_takes()) {
        const auto left_us = deadline.left(env_.monotonic()).count();
        if (left_us <= 0 || !writable(static_cast<int>((left_us + 999) / 1000))) return;
    }
}

}  // namespace waybill::telemetry
