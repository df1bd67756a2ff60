#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/time.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/call_sites.hpp"
#include "chassis/telemetry/log.hpp"
#include "chassis/telemetry/log_store.hpp"
#include "chassis/telemetry/resource.hpp"
#include "chassis/telemetry/sink.hpp"
#include "chassis/telemetry/stdout_sink.hpp"
#include "chassis/telemetry/telemetry.hpp"
#include "chassis/telemetry/trace_store.hpp"

namespace waybill::telemetry {

struct PipelineOptions {
    Identity identity;
    /// False (`OTEL_SDK_DISABLED=true`): no spans and no metrics; log records go on.
    bool enabled = true;
    bool process_metrics = true;  ///< `process.*`
    int log_fd = 1;               ///< -1: no lines
    LogFormat log_format = LogFormat::json;
    Severity log_level = Severity::info;  ///< the least that is written
    LogRate log_rate = {};
    std::size_t ring_bytes_max = std::size_t{4} << 20U;      ///< of all threads together
    std::size_t console_span_bytes = std::size_t{8} << 20U;  ///< ≥ 256 KiB
    std::size_t console_log_bytes = std::size_t{2} << 20U;   ///< ≥ 256 KiB
    Duration console_age = std::chrono::hours(1);
    /// Further sinks, which outlive the pipeline.
    std::vector<SpanSink*> span_sinks = {};
    std::vector<LogSink*> log_sinks = {};
};

/// The text of `GET /metrics`.
struct MetricsPage {
    std::string_view content_type;
    std::string text;
};

/// All telemetry of a process: made once by the composition root, it gives each logical service
/// its Telemetry and owns what they share. Outlives everything that holds a Telemetry, and the
/// last span.
class Pipeline {
 public:
    Pipeline(Env& env, PipelineOptions options);
    ~Pipeline();
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    /// The Telemetry of a logical service (`orders`); the same for the same name, at most 16. The
    /// first one also carries the metrics of the process.
    Telemetry& service(std::string_view name);

    /// Collects all metrics, in OpenMetrics or, when `accept` asks for it, in Prometheus' text.
    MetricsPage metrics(std::string_view accept);
    const TraceStore& traces() const;
    const LogStore& logs() const;

    /// Hands everything recorded so far to the sinks, on the caller's thread.
    void flush();
    /// Ends the exporter's thread after a last flush; what is written later stays unread. Lines
    /// the output does not take by `deadline` are lost. Blocks; for the end of the process.
    void stop(Deadline deadline);

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::telemetry
