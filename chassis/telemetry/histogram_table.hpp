#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

#include "chassis/telemetry/metrics.hpp"

namespace waybill::telemetry {

/// Histograms that were bound already, by a small key such as a status code: binding one anew
/// builds and looks up its attributes, this compares a few numbers. Thread-safe; reading takes no
/// lock. When it is full, further keys are bound at each use.
class HistogramTable {
 public:
    /// The histogram of `key`, bound by `bind()` when it is not known yet.
    template <typename Bind>
    Histogram get(std::uint32_t key, Bind bind) {
        if (const auto known = find(key)) return *known;
        const Histogram made = bind();
        keep(key, made);
        return made;
    }

 private:
    struct Entry {
        std::uint32_t key = 0;
        Histogram histogram;
    };
    static constexpr std::size_t entries_max = 24;

    std::optional<Histogram> find(std::uint32_t key) const {
        const std::size_t used = used_.load(std::memory_order_acquire);
        for (std::size_t i = 0; i < used; ++i)
            if (entries_[i].key == key) return entries_[i].histogram;
        return std::nullopt;
    }
    void keep(std::uint32_t key, const Histogram& histogram) {
        std::lock_guard lock(mutex_);
        const std::size_t used = used_.load(std::memory_order_relaxed);
        if (used == entries_max || find(key)) return;
        entries_[used] = {key, histogram};
        used_.store(used + 1, std::memory_order_release);
    }

    std::mutex mutex_;                  // of those who add
    std::atomic<std::size_t> used_{0};  // the first ones of entries_ that may be read
    std::array<Entry, entries_max> entries_;
};

}  // namespace waybill::telemetry
