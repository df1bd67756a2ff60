#include "chassis/telemetry/pipeline.hpp"

#include <array>
#include <mutex>
#include <optional>

#include "chassis/telemetry/exporter.hpp"
#include "chassis/telemetry/logger.hpp"
#include "chassis/telemetry/names.hpp"
#include "chassis/telemetry/openmetrics.hpp"
#include "chassis/telemetry/process_probe.hpp"
#include "chassis/telemetry/recorder.hpp"
#include "chassis/telemetry/registry.hpp"
#include "chassis/telemetry/resources.hpp"

namespace waybill::telemetry {
namespace {

class ServiceTelemetry final : public Telemetry {
 public:
    ServiceTelemetry(Recorder& recorder, Registry& registry, CallSites& sites, Severity least,
                     const Resource& resource, std::uint16_t service, bool enabled)
        : name_(resource.service_name), log_(recorder, service, sites, least) {
        if (!enabled) return;
        tracer_ = Tracer(recorder, service);
        meter_ = Meter(registry, service);
    }
    Tracer& tracer() override { return tracer_; }
    Meter& meter() override { return meter_; }
    Logger& log() override { return log_; }
    std::string_view service_name() const override { return name_; }

 private:
    std::string_view name_;
    Tracer tracer_;
    Meter meter_;
    RingLogger log_;
};

template <class Sink>
std::vector<Sink*> with(Sink* first, const std::vector<Sink*>& further) {
    std::vector<Sink*> all{first};
    all.insert(all.end(), further.begin(), further.end());
    return all;
}

}  // namespace

struct Pipeline::Parts {
    Parts(Env& e, PipelineOptions o)
        : env(e),
          options(std::move(o)),
          resources(options.identity, env.now()),
          registry(env),
          recorder(env, options.ring_bytes_max),
          sites(options.log_rate),
          trace_store(env, resources, options.console_span_bytes, options.console_age),
          log_store(env, resources, options.console_log_bytes, options.console_age),
          lines(env, resources, options.log_fd, options.log_format),
          exporter(recorder, registry, with<SpanSink>(&trace_store, options.span_sinks),
                   log_sinks()) {}

    std::vector<LogSink*> log_sinks() {
        auto all = with<LogSink>(&log_store, options.log_sinks);
        if (options.log_fd >= 0) all.push_back(&lines);
        return all;
    }
    void observe_service(Meter& meter, std::uint16_t service);
    void observe_queue(Meter& meter, std::uint16_t service, Signal signal);
    void observe_process(ServiceTelemetry& first);
    /// A sum over all threads of what each did for a service.
    template <class Read>
    std::function<double()> sum(std::uint16_t service, Read read) {
        return [this, service, read] {
            std::uint64_t total = 0;
            for (const Producer* producer : recorder.producers())
                total += read(producer->tallies[service]);
            return static_cast<double>(total);
        };
    }

    Env& env;
    const PipelineOptions options;
    Resources resources;
    Registry registry;
    Recorder recorder;
    CallSites sites;
    TraceStore trace_store;
    LogStore log_store;
    LineSink lines;
    std::mutex mutex;
    std::array<std::unique_ptr<ServiceTelemetry>, services_max> services;
    std::unique_ptr<ProcessProbe> probe;
    Histogram collection_duration;
    Exporter exporter;  ///< last: its worker uses the above
};

void Pipeline::Parts::observe_service(Meter& meter, std::uint16_t service) {
    static constexpr std::array<std::string_view, 3> origins{"none", "local", "remote"};
    static constexpr std::array<std::string_view, 2> results{"DROP", "RECORD_AND_SAMPLE"};
    for (std::size_t origin = 0; origin < origins.size(); ++origin)
        for (std::size_t result = 0; result < results.size(); ++result)
            meter.observe(metric::otel_sdk_span_started,
                          {{attribute::otel_span_parent_origin, origins[origin]},
                           {attribute::otel_span_sampling_result, results[result]}},
                          sum(service, [origin, result](const Tallies& tallies) {
                              return tallies.started[origin][result].get();
                          }));
    meter.observe(metric::otel_sdk_span_live,
                  {{attribute::otel_span_sampling_result, "RECORD_AND_SAMPLE"}},
                  sum(service, [](const Tallies& tallies) {
                      std::uint64_t live = 0 - tallies.ended.get();
                      for (const auto& origin : tallies.started) live += origin[1].get();
                      return live;
                  }));
    meter.observe(metric::otel_sdk_log_created, {},
                  sum(service, [](const Tallies& tallies) { return tallies.logged.get(); }));
    meter.observe(metric::waybill_telemetry_log_suppressed, {},
                  sum(service, [](const Tallies& tallies) { return tallies.suppressed.get(); }));
    for (const Signal signal : {Signal::span, Signal::log}) observe_queue(meter, service, signal);
}

void Pipeline::Parts::observe_queue(Meter& meter, std::uint16_t service, Signal signal) {
    static constexpr std::string_view type = "waybill_ring_processor";
    static constexpr std::array<std::string_view, 2> reasons{"queue_full", "no_queue"};
    const bool span = signal == Signal::span;
    const auto processed =
        span ? metric::otel_sdk_processor_span_processed : metric::otel_sdk_processor_log_processed;
    meter.observe(processed, {{attribute::otel_component_type, type}}, [this, service, signal] {
        return static_cast<double>(exporter.processed(service, signal));
    });
    for (std::size_t reason = 0; reason < reasons.size(); ++reason)
        meter.observe(
            processed,
            {{attribute::otel_component_type, type}, {attribute::error_type, reasons[reason]}},
            sum(service, [signal, reason](const Tallies& tallies) {
                return tallies.dropped[std::size_t(signal)][reason].get();
            }));
    const auto waiting = sum(service, [signal, span](const Tallies& tallies) {
        const auto& dropped = tallies.dropped[std::size_t(signal)];
        return (span ? tallies.ended : tallies.logged).get() - dropped[0].get() - dropped[1].get();
    });
    meter.observe(span ? metric::otel_sdk_processor_span_queue_size
                       : metric::otel_sdk_processor_log_queue_size,
                  {{attribute::otel_component_type, type}}, [this, service, signal, waiting] {
                      return waiting() - static_cast<double>(exporter.processed(service, signal));
                  });
}

void Pipeline::Parts::observe_process(ServiceTelemetry& first) {
    Meter& meter = first.meter();
    exporter.report_to(meter, first.log());
    if (!options.enabled) return;
    if (options.process_metrics) probe = std::make_unique<ProcessProbe>(env, meter);
    collection_duration = meter.histogram(metric::otel_sdk_metric_reader_collection_duration);
    meter.observe(metric::waybill_telemetry_console_usage,
                  {{attribute::waybill_telemetry_signal, "span"}},
                  [this] { return static_cast<double>(trace_store.bytes()); });
    meter.observe(metric::waybill_telemetry_console_usage,
                  {{attribute::waybill_telemetry_signal, "log"}},
                  [this] { return static_cast<double>(log_store.bytes()); });
    const auto capacity = [this](std::size_t record_bytes) {
        return [this, record_bytes] {
            const std::size_t records = recorder.ring_bytes() / record_bytes;
            return static_cast<double>(records);
        };
    };
    meter.observe(metric::otel_sdk_processor_span_queue_capacity,
                  {{attribute::otel_component_type, "waybill_ring_processor"}},
                  capacity(span_record_bytes_max));
    meter.observe(metric::otel_sdk_processor_log_queue_capacity,
                  {{attribute::otel_component_type, "waybill_ring_processor"}},
                  capacity(RingLogger::record_bytes_max));
    meter.observe(metric::waybill_telemetry_metric_series, {},
                  [this] { return static_cast<double>(registry.series_count()); });
}

Pipeline::Pipeline(Env& env, PipelineOptions options)
    : parts_(std::make_unique<Parts>(env, std::move(options))) {}

Pipeline::~Pipeline() = default;

Telemetry& Pipeline::service(std::string_view name) {
    std::lock_guard lock(parts_->mutex);
    const std::uint16_t service = parts_->resources.add(name);
    auto& held = parts_->services[service];
    if (held) return *held;
    held = std::make_unique<ServiceTelemetry>(
        parts_->recorder, parts_->registry, parts_->sites, parts_->options.log_level,
        parts_->resources.at(service), service, parts_->options.enabled);
    if (service == 0) parts_->observe_process(*held);
    if (parts_->options.enabled) parts_->observe_service(held->meter(), service);
    return *held;
}

MetricsPage Pipeline::metrics(std::string_view accept) {
    const MonoTime begin = parts_->env.monotonic();
    parts_->registry.renew_exemplars();
    const Exposition format = exposition_for(accept);
    MetricsPage page{content_type(format),
                     metrics_text(parts_->registry, parts_->resources, format)};
    const Duration took = parts_->env.monotonic() - begin;
    parts_->collection_duration.record(static_cast<double>(took.count()) / 1e6);
    return page;
}

const TraceStore& Pipeline::traces() const {
    return parts_->trace_store;
}
const LogStore& Pipeline::logs() const {
    return parts_->log_store;
}
void Pipeline::flush() {
    parts_->exporter.drain();
}
void Pipeline::stop(Deadline deadline) {
    parts_->exporter.stop(deadline);
}

}  // namespace waybill::telemetry
