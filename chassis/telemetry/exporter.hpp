#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/encoder.hpp"
#include "chassis/telemetry/recorder.hpp"
#include "chassis/telemetry/registry.hpp"
#include "chassis/telemetry/sink.hpp"

namespace waybill::telemetry {

/// Drains the rings on a worker of its own and feeds the sinks. Works only while there are
/// records: an idle process is not woken.
class Exporter {
 public:
    /// Sinks outlive it.
    Exporter(Recorder& recorder, Registry& registry, std::vector<SpanSink*> span_sinks,
             std::vector<LogSink*> log_sinks);
    ~Exporter();

    /// Registers its own metrics with the process's service, whose log also tells of drops.
    void report_to(Meter& meter, Logger& log);
    /// Gives everything recorded so far to the sinks, on the caller's thread.
    void drain();
    /// Ends the worker, drains, and lets the sinks write until `deadline`.
    void stop(Deadline deadline);

    std::uint64_t processed(std::uint16_t service, Signal signal) const {
        return processed_[service][std::size_t(signal)].load(std::memory_order_relaxed);
    }
    /// Dropped by all threads, for any reason.
    std::uint64_t dropped(Signal signal) const;
    static constexpr Duration report_every{60'000'000};

 private:
    /// The numbers of one sink.
    struct Port {
        std::string type;
        std::string name;
        Histogram duration;
        std::atomic<std::uint64_t> exported{0};
        std::atomic<std::uint64_t> inflight{0};
    };
    struct Drops {
        std::uint64_t spans = 0;
        std::uint64_t logs = 0;
        std::uint64_t lines = 0;
    };

    void step();
    bool round();
    void hand_over();
    template <class Give>
    void give(Port& port, std::size_t size, Give give);
    void observe_port(Meter& meter, Port& port, std::string_view exported,
                      std::string_view inflight);
    void observe_rings(Meter& meter);
    Drops drops() const;
    void report_drops();

    Recorder& recorder_;
    Registry& registry_;
    std::vector<SpanSink*> span_sinks_;
    std::vector<LogSink*> log_sinks_;
    std::vector<std::unique_ptr<Port>> span_ports_;
    std::vector<std::unique_ptr<Port>> log_ports_;
    std::array<std::array<std::atomic<std::uint64_t>, 2>, services_max> processed_{};
    std::mutex draining_;  ///< one reader at a time
    Encoder encoder_;
    bool idle_before_ = false;
    Gauge cost_;
    std::atomic<Logger*> log_{nullptr};
    Drops reported_;
    MonoTime reported_at_{};
    std::unique_ptr<Worker> worker_;  ///< last: its step uses all of the above
};

}  // namespace waybill::telemetry
