#include "chassis/telemetry/exporter.hpp"

#include <fmt/format.h>

#include "chassis/telemetry/names.hpp"

namespace waybill::telemetry {
namespace {

double seconds(Duration time) {
    return static_cast<double>(time.count()) / 1e6;
}

}  // namespace

Exporter::Exporter(Recorder& recorder, Registry& registry, std::vector<SpanSink*> span_sinks,
                   std::vector<LogSink*> log_sinks)
    : recorder_(recorder),
      registry_(registry),
      span_sinks_(std::move(span_sinks)),
      log_sinks_(std::move(log_sinks)) {
    const auto add = [](auto& ports, std::string_view type) {
        auto port = std::make_unique<Port>();
        port->type = type;
        port->name = fmt::format("{}/{}", type, ports.size());
        ports.push_back(std::move(port));
    };
    for (const SpanSink* sink : span_sinks_) add(span_ports_, sink->component_type());
    for (const LogSink* sink : log_sinks_) add(log_ports_, sink->component_type());
    worker_ = recorder_.env().start_worker("telemetry", [this] { step(); });
    recorder_.set_reader(worker_.get());
}

Exporter::~Exporter() {
    recorder_.set_reader(nullptr);
    worker_->stop();
}

void Exporter::report_to(Meter& meter, Logger& log) {
    for (auto& port : span_ports_)
        observe_port(meter, *port, metric::otel_sdk_exporter_span_exported,
                     metric::otel_sdk_exporter_span_inflight);
    for (auto& port : log_ports_)
        observe_port(meter, *port, metric::otel_sdk_exporter_log_exported,
                     metric::otel_sdk_exporter_log_inflight);
    observe_rings(meter);
    std::lock_guard lock(draining_);
    cost_ = meter.gauge(metric::waybill_telemetry_span_cost);
    log_.store(&log, std::memory_order_release);
}

void Exporter::observe_port(Meter& meter, Port& port, std::string_view exported,
                            std::string_view inflight) {
    const Attributes component{{attribute::otel_component_type, port.type},
                               {attribute::otel_component_name, port.name}};
    meter.observe(exported, component,
                  [&port] { return static_cast<double>(port.exported.load()); });
    meter.observe(inflight, component,
                  [&port] { return static_cast<double>(port.inflight.load()); });
    std::lock_guard lock(draining_);
    port.duration = meter.histogram(metric::otel_sdk_exporter_operation_duration, component);
}

void Exporter::observe_rings(Meter& meter) {
    meter.observe(metric::waybill_telemetry_ring_usage, {}, [this] {
        std::size_t used = 0;
        for (const Producer* producer : recorder_.producers()) used += producer->ring.used();
        return static_cast<double>(used);
    });
    meter.observe(metric::waybill_telemetry_ring_limit, {},
                  [this] { return static_cast<double>(recorder_.ring_bytes()); });
}

void Exporter::step() {
    const bool any = round();
    // After a round that found nothing comes one more: the writer of a record may not have seen
    // that this rests.
    if (any || !idle_before_) recorder_.look_again(!any);
    idle_before_ = !any;
    report_drops();
}

void Exporter::drain() {
    round();
}

bool Exporter::round() {
    std::lock_guard lock(draining_);
    recorder_.begin_round();
    registry_.renew_exemplars();
    const MonoTime begin = recorder_.env().monotonic();
    std::size_t records = 0;
    recorder_.drain([&](std::string_view record) {
        encoder_.add(record);
        ++records;
        if (encoder_.full()) hand_over();
    });
    hand_over();
    if (records != 0)
        cost_.set(seconds(recorder_.env().monotonic() - begin) / static_cast<double>(records));
    return records != 0;
}

void Exporter::hand_over() {
    const auto spans = encoder_.spans();
    const auto logs = encoder_.logs();
    for (std::size_t i = 0; i < span_sinks_.size() && !spans.empty(); ++i)
        give(*span_ports_[i], spans.size(), [&] { span_sinks_[i]->spans(spans); });
    for (std::size_t i = 0; i < log_sinks_.size() && !logs.empty(); ++i)
        give(*log_ports_[i], logs.size(), [&] { log_sinks_[i]->logs(logs); });
    const auto count = [&](std::uint16_t service, Signal signal) {
        processed_[service][std::size_t(signal)].fetch_add(1, std::memory_order_relaxed);
    };
    for (const auto& span : spans) count(span.service, Signal::span);
    for (const auto& log : logs) count(log.service, Signal::log);
    encoder_.clear();
}

template <class Give>
void Exporter::give(Port& port, std::size_t size, Give give) {
    const MonoTime begin = recorder_.env().monotonic();
    port.inflight.store(size);
    give();
    port.inflight.store(0);
    port.exported.fetch_add(size);
    port.duration.record(seconds(recorder_.env().monotonic() - begin));
}

std::uint64_t Exporter::dropped(Signal signal) const {
    std::uint64_t sum = 0;
    for (const Producer* producer : recorder_.producers())
        for (const Tallies& tallies : producer->tallies)
            for (const Tally& reason : tallies.dropped[std::size_t(signal)]) sum += reason.get();
    return sum;
}

Exporter::Drops Exporter::drops() const {
    Drops now{dropped(Signal::span), dropped(Signal::log), 0};
    for (const LogSink* sink : log_sinks_) now.lines += sink->dropped();
    return now;
}

void Exporter::report_drops() {
    Logger* log = log_.load(std::memory_order_acquire);
    const Drops now = drops();
    const bool fresh =
        now.spans != reported_.spans || now.logs != reported_.logs || now.lines != reported_.lines;
    if (log == nullptr || !fresh) return;
    const MonoTime time = recorder_.env().monotonic();
    const bool first = reported_.spans + reported_.logs + reported_.lines == 0;
    if (!first && time - reported_at_ < report_every) {
        worker_->wake_at(reported_at_ + report_every);
        return;
    }
    const auto since = [](std::uint64_t total, std::uint64_t before) {
        return static_cast<std::int64_t>(total - before);
    };
    log->write(Severity::warn, "Telemetry was dropped",
               {{attribute::waybill_telemetry_dropped_span, since(now.spans, reported_.spans)},
                {attribute::waybill_telemetry_dropped_log, since(now.logs, reported_.logs)},
                {attribute::waybill_telemetry_dropped_line, since(now.lines, reported_.lines)}},
               {}, event::waybill_telemetry_dropped, std::source_location::current());
    reported_ = now;
    reported_at_ = time;
}

void Exporter::stop(Deadline deadline) {
    recorder_.set_reader(nullptr);
    worker_->stop();
    drain();
    report_drops();
    drain();
    for (LogSink* sink : log_sinks_) sink->flush(deadline);
}

}  // namespace waybill::telemetry
