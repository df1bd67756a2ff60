#pragma once
#include <cstdint>

#include "chassis/base/time.hpp"

namespace waybill {

/// Civil time for a thread that asks often: between two looks at the system's clock, at most a
/// millisecond apart, it goes on by the processor's counter, which costs a third. Without an
/// invariant counter, and until the counter's rate is known, it is the system's clock. It runs
/// within a microsecond of that clock, and sees it being set a millisecond late. Not thread-safe.
class CounterClock {
 public:
    Timestamp now() {
        const std::uint64_t passed = counter() - anchor_;
        if (passed < window_) [[likely]]
            return {anchor_us_ + static_cast<std::int64_t>((anchor_rest_ + passed * us_per_tick_) >>
                                                           fraction_bits)};
        return look();
    }

 private:
    static constexpr unsigned fraction_bits = 32;
    static std::uint64_t counter();
    /// Microseconds as fixed point, of less than four seconds.
    static constexpr std::uint64_t fixed(std::uint64_t ns) { return (ns << fraction_bits) / 1000; }
    Timestamp look();
    void learn_rate();

    std::uint64_t anchor_ = 0;       ///< the counter at the last look
    std::int64_t anchor_us_ = 0;     ///< civil time then
    std::uint64_t anchor_rest_ = 0;  ///< what was over of a microsecond, fixed point
    std::uint64_t window_ = 0;       ///< ticks until the next look; 0: the rate is not known
    std::uint64_t us_per_tick_ = 0;  ///< fixed point
    std::uint64_t first_ = 0;        ///< where learning the rate began
    std::uint64_t first_ns_ = 0;
};

}  // namespace waybill

#if defined(__x86_64__)
#include <x86intrin.h>
inline std::uint64_t waybill::CounterClock::counter() {
    return __rdtsc();
}
#else
inline std::uint64_t waybill::CounterClock::counter() {
    return 0;
}
#endif
