#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/base/time.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/resource.hpp"
#include "chassis/telemetry/segments.hpp"
#include "chassis/telemetry/sink.hpp"

namespace waybill::telemetry {

class Resources;

/// Which traces to list. Empty and absent members do not filter.
struct TraceFilter {
    std::string service = {};  ///< has a span of this service
    std::string name = {};     ///< part of the root span's name
    std::optional<Duration> duration_min = {};
    bool only_failed = false;             ///< has a span with status Error
    std::optional<Timestamp> since = {};  ///< began at or after
    std::size_t limit = 50;               ///< ≤ 200
    std::string cursor = {};              ///< TracePage::next_cursor of the page before
};

/// What a list shows of a trace. Without its root span (not ended, or no longer held) the span
/// that began first stands for it.
struct TraceSummary {
    std::string trace_id;  ///< 32 hex digits
    std::string name;
    std::string service;
    Timestamp start;
    Duration duration{};  ///< from the first start to the last end
    std::size_t span_count = 0;
    std::size_t error_count = 0;
    std::vector<std::string> services;  ///< all that took part, by their order in the process
};

struct TracePage {
    std::vector<TraceSummary> traces;  ///< the latest start first
    std::string next_cursor;           ///< empty at the end
};

/// The console's short memory of spans: bounded by bytes and age, in this process. Thread-safe.
class TraceStore final : public SpanSink {
 public:
    TraceStore(Env& env, const Resources& resources, std::size_t bytes_max, Duration age_max);

    std::string_view component_type() const override { return "waybill_console_span_exporter"; }
    void spans(std::span<const EncodedSpan> batch) override;

    /// OTLP JSON (`{"resourceSpans": […]}`) of a trace by its 32 hex digits; nothing when no span
    /// of it is held.
    std::optional<std::string> trace(std::string_view trace_id_hex) const;
    /// A page of summaries. A cursor that is none of ours is `malformed-request`.
    Result<TracePage> traces(const TraceFilter& filter) const;
    std::size_t bytes() const;

 private:
    struct Entry {
        std::array<std::uint8_t, 16> trace_id;
        std::int64_t start_us;
        std::int64_t end_us;
        std::uint32_t offset;
        std::uint32_t size;
        std::uint16_t name_at;  ///< in the message
        std::uint16_t service;
        std::uint8_t name_size;
        bool root;
        bool failed;
        std::int64_t last_us() const { return end_us; }
    };
    struct Group;
    std::vector<Group> groups() const;
    TraceSummary summary(const Group& group) const;

    Env& env_;
    const Resources& resources_;
    mutable std::mutex mutex_;
    Segments<Entry> segments_;
};

/// `{"items": […], "nextCursor": …}`
std::string to_json(const TracePage& page);

}  // namespace waybill::telemetry
