#include "chassis/telemetry/encoder.hpp"

#include <algorithm>
#include <cstring>

#include "chassis/telemetry/names.hpp"
#include "chassis/telemetry/otlp_wire.hpp"

namespace waybill::telemetry {
namespace {

constexpr std::uint32_t has_is_remote_flag = 0x100;
constexpr std::uint32_t is_remote_flag = 0x200;
constexpr std::uint64_t status_error = 2;

const char* raw(const std::uint8_t* bytes) {
    return reinterpret_cast<const char*>(bytes);
}

std::uint64_t nanoseconds(std::int64_t us) {
    return static_cast<std::uint64_t>(us) * 1000;
}

/// The path below the repository's root: build machines' folders are nobody's business.
std::string_view source_path(const char* file) {
    const std::string_view path(file);
    for (const std::string_view top : {"/chassis/", "/services/", "/app/", "/tests/"})
        if (const auto at = path.rfind(top); at != std::string_view::npos)
            return path.substr(at + 1);
        else if (path.starts_with(top.substr(1)))
            return path;
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::string_view severity_text(Severity severity) {
    switch (severity) {
        case Severity::debug:
            return "DEBUG";
        case Severity::info:
            return "INFO";
        case Severity::warn:
            return "WARN";
        case Severity::error:
            return "ERROR";
        case Severity::fatal:
            return "FATAL";
    }
    return "";
}

void Encoder::add(std::string_view record) {
    RecordHead head;
    std::memcpy(&head, record.data(), sizeof head);
    if (head.signal == Signal::span) {
        SpanRecord span;
        std::memcpy(&span, record.data(), sizeof span);
        add_span(span, record.data() + sizeof span);
    } else {
        LogRecord log;
        std::memcpy(&log, record.data(), sizeof log);
        add_log(log, record.data() + sizeof log);
    }
}

void Encoder::add_span(const SpanRecord& record, const char* texts) {
    constexpr std::size_t fixed_bytes_max = 128;
    const TraceContext& own = record.head.trace;
    const bool root = record.parent_span_id == decltype(record.parent_span_id){};
    const std::size_t begin = bytes_.size();
    bytes_.resize(begin + fixed_bytes_max + record.name_size + record.body_size);
    char* const first = bytes_.data() + begin;
    char* to = wire::put_bytes(first, 1, raw(own.trace_id.data()), 16);
    to = wire::put_bytes(to, 2, raw(own.span_id.data()), 8);
    if (!root) to = wire::put_bytes(to, 4, raw(record.parent_span_id.data()), 8);
    to = wire::put_bytes(to, 5, texts, record.name_size);
    const std::size_t name_at = begin + static_cast<std::size_t>(to - first) - record.name_size;
    to = wire::put_number(to, 6, record.head.kind_or_severity);
    to = wire::put_fixed64(to, 7, nanoseconds(record.start_us));
    to = wire::put_fixed64(to, 8, nanoseconds(record.end_us));
    std::memcpy(to, texts + record.name_size, record.body_size);
    to += record.body_size;
    if (record.dropped_attributes != 0) to = wire::put_number(to, 10, record.dropped_attributes);
    if (record.dropped_links != 0) to = wire::put_number(to, 14, record.dropped_links);
    if (record.failed) {
        to = wire::put_varint(wire::put_tag(to, 15, wire::Type::bytes), 2);
        to = wire::put_number(to, 3, status_error);
    }
    const std::uint32_t remote = record.remote_parent ? is_remote_flag : 0;
    to = wire::put_fixed32(to, 16, own.flags | has_is_remote_flag | remote);
    bytes_.resize(begin + static_cast<std::size_t>(to - first));
    spans_.push_back({.service = record.head.service,
                      .context = own,
                      .root = root,
                      .failed = record.failed,
                      .start_us = record.start_us,
                      .end_us = record.end_us,
                      .name = {},
                      .bytes = {}});
    span_places_.emplace_back(Place{name_at, record.name_size},
                              Place{begin, bytes_.size() - begin});
}

void Encoder::add_log(const LogRecord& record, const char* texts) {
    constexpr std::size_t fixed_bytes_max = 256;
    const TraceContext& own = record.head.trace;
    const auto severity = static_cast<Severity>(record.head.kind_or_severity);
    const std::string_view event(texts, record.event_size);
    const std::string_view body(texts + event.size(), record.body_size);
    const char* attributes = body.data() + body.size();
    const std::string_view file = source_path(record.file);
    const std::size_t begin = bytes_.size();
    bytes_.resize(begin + fixed_bytes_max + event.size() + body.size() + record.attributes_size +
                  file.size());
    char* const first = bytes_.data() + begin;
    const char* const limit = bytes_.data() + bytes_.size();
    const auto here = [&](const char* at) { return begin + static_cast<std::size_t>(at - first); };
    char* to = wire::put_fixed64(first, 1, nanoseconds(record.time_us));
    to = wire::put_number(to, 2, record.head.kind_or_severity);
    to = wire::put_bytes(to, 3, severity_text(severity));
    to = wire::put_tag(to, 5, wire::Type::bytes);
    to = wire::put_bytes(wire::put_varint(to, wire::bytes_field_size(body.size())), 1, body);
    const Place body_place{here(to) - body.size(), body.size()};
    std::memcpy(to, attributes, record.attributes_size);
    to += record.attributes_size;
    to = wire::put_attribute(to, limit, 6, attribute::code_file_path, file);
    to = wire::put_attribute(to, limit, 6, attribute::code_line_number, std::int64_t{record.line});
    if (record.dropped_attributes != 0) to = wire::put_number(to, 7, record.dropped_attributes);
    if (own.valid()) {
        to = wire::put_fixed32(to, 8, own.flags);
        to = wire::put_bytes(to, 9, raw(own.trace_id.data()), 16);
        to = wire::put_bytes(to, 10, raw(own.span_id.data()), 8);
    }
    to = wire::put_fixed64(to, 11, nanoseconds(record.time_us));
    if (!event.empty()) to = wire::put_bytes(to, 12, event);
    const Place event_place{here(to) - event.size(), event.size()};
    bytes_.resize(here(to));
    logs_.push_back({record.head.service, severity, own, record.time_us, {}, {}, {}});
    log_places_.push_back({event_place, body_place, {begin, bytes_.size() - begin}});
}

std::span<const EncodedSpan> Encoder::spans() {
    for (std::size_t i = 0; i < spans_.size(); ++i) {
        spans_[i].name = text(span_places_[i].first);
        spans_[i].bytes = text(span_places_[i].second);
    }
    return spans_;
}

std::span<const EncodedLog> Encoder::logs() {
    for (std::size_t i = 0; i < log_places_.size(); ++i) {
        logs_[i].event_name = text(log_places_[i].event);
        logs_[i].body = text(log_places_[i].body);
        logs_[i].bytes = text(log_places_[i].message);
    }
    // The places are no longer in the records' order: the batch is complete.
    log_places_.clear();
    std::sort(logs_.begin(), logs_.end(), [](const EncodedLog& a, const EncodedLog& b) {
        return std::pair(a.time_us, a.bytes.data()) < std::pair(b.time_us, b.bytes.data());
    });
    return logs_;
}

void Encoder::clear() {
    bytes_.clear();
    spans_.clear();
    span_places_.clear();
    logs_.clear();
    log_places_.clear();
}

}  // namespace waybill::telemetry
