#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>

#include "chassis/base/time.hpp"

namespace waybill::resilience {

/// Work in the order in which it is given up under load: the last first, health never.
enum class Importance : std::uint8_t { health, move, create, read, list };

/// Sheds load by queueing delay, in the manner of CoDel (RFC 8289): when even the shortest wait of
/// an interval is above the target, the queue is standing, not a burst, and a growing share of the
/// least important work is refused, faster the further the wait is above it; it shrinks again as
/// soon as an interval has a short wait. Time and randomness come in. Thread-safe; refuse() is one
/// atomic load.
class LoadShedder {
 public:
    struct Options {
        Duration target = std::chrono::milliseconds(100);
        Duration interval = std::chrono::milliseconds(200);
    };
    explicit LoadShedder(Options options) : options_(options) {}

    /// Something waited for `delay` before its turn came, at `now`.
    void waited(Duration delay, MonoTime now);
    /// Whether this piece of work is to be refused now. `random`: 64 uniform bits.
    bool refuse(Importance importance, std::uint64_t random) const;
    /// 0: nothing is refused; each whole class of importance given up adds 100.
    std::uint32_t level() const { return level_.load(std::memory_order_relaxed); }

 private:
    void close_interval(std::int64_t intervals);

    static constexpr std::uint32_t class_size = 100;
    static constexpr std::uint32_t level_max = 4 * class_size;
    static constexpr std::uint32_t level_of_moves = 3 * class_size;
    static constexpr std::uint32_t step_up = 20;
    static constexpr std::int64_t steps_at_once_max = 5;
    static constexpr std::uint32_t step_down = 10;
    static constexpr std::uint32_t step_down_empty = 30;

    const Options options_;
    std::atomic<std::uint32_t> level_{0};
    std::mutex mutex_;
    MonoTime interval_end_{};
    Duration shortest_ = Duration::max();
};

}  // namespace waybill::resilience
