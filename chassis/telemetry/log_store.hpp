#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"
#include "chassis/base/time.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/segments.hpp"
#include "chassis/telemetry/sink.hpp"

namespace waybill::telemetry {

class Resources;

/// Which log records to list. Empty and absent members do not filter.
struct LogFilter {
    std::string service = {};
    std::string trace_id = {};  ///< 32 hex digits
    Severity severity_min = Severity::debug;
    std::optional<Timestamp> since = {};
    std::size_t limit = 100;  ///< ≤ 1,000
    std::string cursor = {};  ///< LogPage::next_cursor of the page before
};

struct LogPage {
    std::string otlp_json;    ///< `{"resourceLogs": […]}`, the latest first within a service
    std::string next_cursor;  ///< empty at the end
};

/// The console's short memory of log records: bounded by bytes and age. Thread-safe.
class LogStore final : public LogSink {
 public:
    LogStore(Env& env, const Resources& resources, std::size_t bytes_max, Duration age_max);

    std::string_view component_type() const override { return "waybill_console_log_exporter"; }
    void logs(std::span<const EncodedLog> batch) override;

    /// The latest records that match. A cursor or trace id that is none is `malformed-request`.
    Result<LogPage> logs(const LogFilter& filter) const;
    std::size_t bytes() const;

 private:
    struct Entry {
        std::uint64_t number;  ///< rises by one a record
        std::int64_t time_us;
        std::array<std::uint8_t, 16> trace_id;
        std::uint32_t offset;
        std::uint32_t size;
        std::uint16_t service;
        Severity severity;
        std::int64_t last_us() const { return time_us; }
    };

    Env& env_;
    const Resources& resources_;
    mutable std::mutex mutex_;
    std::uint64_t last_number_ = 0;
    Segments<Entry> segments_;
};

}  // namespace waybill::telemetry
