#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "chassis/telemetry/cell.hpp"
#include "chassis/telemetry/contract.hpp"
#include "chassis/telemetry/metrics.hpp"

namespace waybill::telemetry {

/// One series of an instrument: who it belongs to, its attributes, its cell.
struct Series {
    std::uint16_t service = 0;
    std::vector<std::pair<std::string, std::string>> attributes;  ///< by rising name
    std::unique_ptr<SumCell> sum;                                 ///< counters and up-down counters
    std::unique_ptr<GaugeCell> gauge;
    std::unique_ptr<HistogramCell> histogram;
    std::size_t observers = 0;
    double observed = 0;        ///< by the observers at this collection
    bool only_observed = true;  ///< nothing binds its cell
};

/// The series of all services of a process. Binding and collecting take locks, recording does not.
class Registry {
 public:
    static constexpr std::size_t series_max = 2'000;  ///< of one instrument and service

    explicit Registry(Env& env);
    ~Registry();

    /// The series for these attributes; those with an empty value are left out. Lives as long as
    /// the registry. The instrument is CHECKed to be of this kind.
    Series& bind(std::string_view name, InstrumentKind kind, std::uint16_t service,
                 Attributes attributes);
    std::uint64_t observe(std::string_view name, std::uint16_t service, Attributes attributes,
                          std::function<double()> read);
    void forget(std::uint64_t id);

    using Visit = std::function<void(const Instrument&, std::span<Series* const>)>;
    /// Asks the observers, then shows every instrument that has a series, by rising name.
    void collect(const Visit& visit);
    /// Lets every exemplar slot take another one, when a second has passed since the last time.
    void renew_exemplars();
    std::size_t series_count() const { return series_count_.load(std::memory_order_relaxed); }

 private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Family {
        std::shared_mutex mutex;
        std::unordered_map<std::string, std::unique_ptr<Series>, Hash, std::equal_to<>> by_key;
        std::vector<Series*> in_order;
        std::unordered_map<std::uint16_t, std::size_t> count_by_service;
    };
    struct Observer {
        Series* series;
        bool last_counts;
        std::function<double()> read;
    };

    Series& find_or_make(std::size_t instrument, std::uint16_t service, Attributes attributes);
    Series& make(std::size_t instrument, std::uint16_t service, std::string_view key,
                 Attributes attributes);
    void ask_observers();

    Env& env_;
    ExemplarClock clock_;
    std::atomic<std::int64_t> renewed_us_{0};
    std::atomic<std::size_t> series_count_{0};
    std::unique_ptr<Family[]> families_;  ///< one an instrument
    std::mutex observers_mutex_;
    std::uint64_t last_observer_ = 0;
    std::map<std::uint64_t, Observer> observers_;
};

}  // namespace waybill::telemetry
