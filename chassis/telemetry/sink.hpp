#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "chassis/base/time.hpp"
#include "chassis/base/trace_context.hpp"
#include "chassis/telemetry/log.hpp"

namespace waybill::telemetry {

/// An ended span as sinks get it. Views are valid during the call.
struct EncodedSpan {
    std::uint16_t service = 0;  ///< position in Resources
    TraceContext context;
    bool root = false;
    bool failed = false;
    std::int64_t start_us = 0;
    std::int64_t end_us = 0;
    std::string_view name;
    std::string_view bytes;  ///< an OTLP Span message
};

/// A log record as sinks get it.
struct EncodedLog {
    std::uint16_t service = 0;
    Severity severity = Severity::info;
    TraceContext context;
    std::int64_t time_us = 0;
    std::string_view event_name;
    std::string_view body;
    std::string_view bytes;  ///< an OTLP LogRecord message
};

/// Where spans go. Called on the exporter's thread, one call at a time.
class SpanSink {
 public:
    virtual ~SpanSink() = default;
    /// `otel.component.type` of its metrics; a constant.
    virtual std::string_view component_type() const = 0;
    virtual void spans(std::span<const EncodedSpan> batch) = 0;
};

/// Where log records go, by rising time within a batch. Called on the exporter's thread.
class LogSink {
 public:
    virtual ~LogSink() = default;
    virtual std::string_view component_type() const = 0;
    virtual void logs(std::span<const EncodedLog> batch) = 0;
    /// Records it had to leave out, since it began.
    virtual std::uint64_t dropped() const { return 0; }
    /// Everything it took is written, or `deadline` has passed.
    virtual void flush(Deadline) {}
};

/// The text of a severity: `INFO`.
std::string_view severity_text(Severity severity);

}  // namespace waybill::telemetry
