#pragma once
#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <string>
#include <string_view>
#include <variant>

#include "chassis/base/trace_context.hpp"

namespace waybill::telemetry {

enum class Severity : std::uint8_t { debug = 5, info = 9, warn = 13, error = 17, fatal = 21 };

/// A typed field of a log record; strings are copied.
struct LogField {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, bool, double> value;
    LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
    LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
    LogField(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
    LogField(std::string_view n, std::int64_t v) : name(n), value(v) {}
    LogField(std::string_view n, int v) : name(n), value(std::int64_t{v}) {}
    LogField(std::string_view n, std::size_t v) : name(n), value(static_cast<std::int64_t>(v)) {}
    LogField(std::string_view n, bool v) : name(n), value(v) {}
    LogField(std::string_view n, double v) : name(n), value(v) {}
};
using LogFields = std::initializer_list<LogField>;

/// Writes log records of one logical service: a constant sentence, typed fields, the trace. Each
/// call site has a token bucket; what it suppresses is counted and said. Thread-safe, never blocks
/// on the sink.
class Logger {
 public:
    virtual ~Logger() = default;
    /// `event_name`, when given, makes it a log event (`waybill.order.created`).
    virtual void write(Severity severity, std::string_view body, LogFields fields,
                       const TraceContext& trace, std::string_view event_name,
                       const std::source_location& where) = 0;

    void debug(std::string_view body, LogFields fields = {}, const TraceContext& trace = {},
               const std::source_location& where = std::source_location::current()) {
        write(Severity::debug, body, fields, trace, {}, where);
    }
    void info(std::string_view body, LogFields fields = {}, const TraceContext& trace = {},
              const std::source_location& where = std::source_location::current()) {
        write(Severity::info, body, fields, trace, {}, where);
    }
    void warn(std::string_view body, LogFields fields = {}, const TraceContext& trace = {},
              const std::source_location& where = std::source_location::current()) {
        write(Severity::warn, body, fields, trace, {}, where);
    }
    void error(std::string_view body, LogFields fields = {}, const TraceContext& trace = {},
               const std::source_location& where = std::source_location::current()) {
        write(Severity::error, body, fields, trace, {}, where);
    }
    void event(std::string_view event_name, std::string_view body, LogFields fields = {},
               const TraceContext& trace = {},
               const std::source_location& where = std::source_location::current()) {
        write(Severity::info, body, fields, trace, event_name, where);
    }
};

}  // namespace waybill::telemetry
