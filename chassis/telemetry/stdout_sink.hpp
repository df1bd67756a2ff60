#pragma once
#include <cstdint>
#include <string>

#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/sink.hpp"

namespace waybill::telemetry {

class Resources;

enum class LogFormat : std::uint8_t { json, text };

/// One JSON object: timestamp, severity, body, trace_id, span_id, trace_flags, service, event_name,
/// attributes. Ends with a line feed.
void append_json_line(std::string& out, const EncodedLog& log, std::string_view service);
/// For people: `10:00:00.123 INFO  orders: Order placed waybill.order.id=… trace=…`.
void append_text_line(std::string& out, const EncodedLog& log, std::string_view service);

/// Writes lines to a file descriptor without ever waiting for its reader: what it does not take at
/// once waits in a bounded buffer, and what does not fit there is dropped and counted.
class LineSink final : public LogSink {
 public:
    static constexpr std::size_t waiting_bytes_max = std::size_t{512} << 10U;

    /// `fd` stays the caller's.
    LineSink(Env& env, const Resources& resources, int fd, LogFormat format)
        : env_(env), resources_(resources), fd_(fd), format_(format) {}

    std::string_view component_type() const override { return "waybill_line_log_exporter"; }
    void logs(std::span<const EncodedLog> batch) override;
    std::uint64_t dropped() const override { return dropped_; }
    void flush(Deadline deadline) override;

 private:
    void write_what_it_takes();
    bool writable(int timeout_ms) const;

    Env& env_;
    const Resources& resources_;
    int fd_;
    LogFormat format_;
    std::string waiting_;
    std::string line_;
    std::uint64_t dropped_ = 0;
};

}  // namespace waybill::telemetry
