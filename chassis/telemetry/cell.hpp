#pragma once
#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>

#include "chassis/base/time.hpp"
#include "chassis/base/trace_context.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::telemetry {

/// What the cells of a registry share: the clock of exemplars and how often they are taken.
struct ExemplarClock {
    Env* env = nullptr;
    std::atomic<std::uint32_t> epoch{1};  ///< one exemplar a slot and epoch
};

/// A value with the trace it was measured in.
struct Exemplar {
    TraceContext trace;
    double value = 0;
    Timestamp time;
};

/// The latest exemplar of a counter or bucket. Writers that meet skip; nobody waits for long.
class ExemplarSlot {
 public:
    /// Only sampled traces are taken (`trace_based`), at most one an epoch.
    void offer(ExemplarClock& clock, double value, const TraceContext& trace) {
        if ((trace.flags & 1U) == 0) return;
        const std::uint32_t epoch = clock.epoch.load(std::memory_order_relaxed);
        if (epoch_.load(std::memory_order_relaxed) != epoch) write(clock, epoch, value, trace);
    }
    /// False when none was taken yet.
    bool read(Exemplar& out) const;

 private:
    void write(ExemplarClock& clock, std::uint32_t epoch, double value, const TraceContext& trace);
    std::atomic<std::uint32_t> epoch_{0};
    mutable std::atomic<bool> busy_{false};
    Exemplar held_;
};

/// A sum that only rises, or rises and falls.
class SumCell {
 public:
    explicit SumCell(ExemplarClock& clock) : clock_(clock) {}
    void add(std::int64_t n) { sum_.fetch_add(n, std::memory_order_relaxed); }
    void add(std::int64_t n, const TraceContext& trace) {
        add(n);
        exemplar_.offer(clock_, static_cast<double>(n), trace);
    }
    std::int64_t sum() const { return sum_.load(std::memory_order_relaxed); }
    const ExemplarSlot& exemplar() const { return exemplar_; }

 private:
    ExemplarClock& clock_;
    std::atomic<std::int64_t> sum_{0};
    ExemplarSlot exemplar_;
};

/// The last value.
class GaugeCell {
 public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

 private:
    std::atomic<double> value_{0};
};

/// A distribution over explicit bounds; a value equal to a bound counts below it.
class HistogramCell {
 public:
    struct Bucket {
        std::atomic<std::uint64_t> count{0};
        ExemplarSlot exemplar;
    };
    /// `bounds` rise and outlive the cell.
    HistogramCell(ExemplarClock& clock, std::span<const double> bounds)
        : clock_(clock), bounds_(bounds), buckets_(new Bucket[bounds.size() + 1]) {}

    void record(double value, const TraceContext& trace) {
        if (std::isnan(value)) return;
        std::size_t at = 0;
        while (at < bounds_.size() && value > bounds_[at]) ++at;
        Bucket& bucket = buckets_[at];
        bucket.count.fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(value, std::memory_order_relaxed);
        bucket.exemplar.offer(clock_, value, trace);
    }
    std::span<const double> bounds() const { return bounds_; }
    std::span<const Bucket> buckets() const { return {buckets_.get(), bounds_.size() + 1}; }
    double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
    ExemplarClock& clock_;
    std::span<const double> bounds_;
    std::unique_ptr<Bucket[]> buckets_;
    std::atomic<double> sum_{0};
};

}  // namespace waybill::telemetry
