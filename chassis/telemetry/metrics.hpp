#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "chassis/base/trace_context.hpp"
#include "chassis/telemetry/cell.hpp"

namespace waybill::telemetry {

/// Attributes that a cell is bound to once: name, value. Bounded sets only.
using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// A monotonic sum of one series. Adding costs some nanoseconds and never blocks. Thread-safe,
/// like all instruments; valid as long as the pipeline it comes from.
class Counter {
 public:
    Counter() = default;  ///< counts nothing
    /// `n` ≥ 0.
    void add(std::int64_t n = 1, const TraceContext& exemplar = {}) const {
        if (cell_ != nullptr) cell_->add(n, exemplar);
    }

 private:
    friend class Meter;
    explicit Counter(SumCell* cell) : cell_(cell) {}
    SumCell* cell_ = nullptr;
};

/// A sum of one series that may fall.
class UpDownCounter {
 public:
    UpDownCounter() = default;
    void add(std::int64_t n) const {
        if (cell_ != nullptr) cell_->add(n);
    }

 private:
    friend class Meter;
    explicit UpDownCounter(SumCell* cell) : cell_(cell) {}
    SumCell* cell_ = nullptr;
};

/// The last value of one series.
class Gauge {
 public:
    Gauge() = default;
    void set(double value) const {
        if (cell_ != nullptr) cell_->set(value);
    }

 private:
    friend class Meter;
    explicit Gauge(GaugeCell* cell) : cell_(cell) {}
    GaugeCell* cell_ = nullptr;
};

/// A distribution of one series, over the bounds of its instrument. Seconds for durations.
class Histogram {
 public:
    Histogram() = default;
    void record(double value, const TraceContext& exemplar = {}) const {
        if (cell_ != nullptr) cell_->record(value, exemplar);
    }

 private:
    friend class Meter;
    explicit Histogram(HistogramCell* cell) : cell_(cell) {}
    HistogramCell* cell_ = nullptr;
};

class Registry;

/// Instruments of one logical service, by their names in `docs/reference/telemetry.md`; name,
/// unit, description and bounds come from the telemetry contract (`names.hpp`), an unknown name is
/// a bug and CHECKed. Binding the same attributes again gives the same series; above 2,000 series
/// an instrument all further go to one with `otel.metric.overflow=true`. Thread-safe; bind once
/// and keep where calls are frequent.
class Meter {
 public:
    /// One whose instruments keep nothing (names are checked all the same).
    Meter() = default;
    Meter(Registry& registry, std::uint16_t service) : registry_(&registry), service_(service) {}

    Counter counter(std::string_view name, Attributes attributes = {});
    UpDownCounter up_down_counter(std::string_view name, Attributes attributes = {});
    Gauge gauge(std::string_view name, Attributes attributes = {});
    Histogram histogram(std::string_view name, Attributes attributes = {});
    /// `read` is asked for the value at each collection, on the collecting thread, until the
    /// returned id is given to forget(); after that it is not running. Several observers of one
    /// series add up (gauges: the last counts). `read` must not call the meter.
    std::uint64_t observe(std::string_view name, Attributes attributes,
                          std::function<double()> read);
    /// 0 and unknown ids are ignored.
    void forget(std::uint64_t id);

 private:
    Registry* registry_ = nullptr;
    std::uint16_t service_ = 0;
};

}  // namespace waybill::telemetry
