#include "chassis/runtime/counter_clock.hpp"

#include <ctime>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace waybill {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t window_ns = 1'000'000;
constexpr std::uint64_t learning_ns_min = 50'000'000;
// Two reads further apart tell that the thread was put aside between them. Some microseconds in
// learning_ns_min make an error below a tenth of a microsecond in a window.
constexpr std::uint64_t look_ticks_max = 10'000;

std::uint64_t read_ns(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * second_ns +
           static_cast<std::uint64_t>(time.tv_nsec);
}

/// The counter runs at one rate whatever the processor's frequency and sleep (AMD and Intel:
/// CPUID 0x80000007, EDX bit 8).
bool counter_is_invariant() {
#if defined(__x86_64__)
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid(0x80000007U, &a, &b, &c, &d) == 1 && (d >> 8U & 1U) != 0;
#else
    return false;
#endif
}

}  // namespace

void CounterClock::learn_rate() {
    const std::uint64_t before = counter();
    const std::uint64_t now_ns = read_ns(CLOCK_MONOTONIC_RAW);
    if (counter() - before > look_ticks_max) return;
    if (first_ == 0 || before <= first_) {
        first_ = before;
        first_ns_ = now_ns;
        return;
    }
    const std::uint64_t elapsed_ns = now_ns - first_ns_;
    if (elapsed_ns < learning_ns_min) return;
    // More than fixed() takes: begin again.
    if (elapsed_ns >= 4 * second_ns) {
        first_ = 0;
        return;
    }
    us_per_tick_ = fixed(elapsed_ns) / (before - first_);
}

Timestamp CounterClock::look() {
    static const bool invariant = counter_is_invariant();
    const std::uint64_t before = counter();
    const std::uint64_t civil_ns = read_ns(CLOCK_REALTIME);
    const std::uint64_t after = counter();
    window_ = 0;
    if (invariant && us_per_tick_ == 0) learn_rate();
    if (us_per_tick_ != 0 && after - before <= look_ticks_max) {
        anchor_ = before + (after - before) / 2;
        anchor_us_ = static_cast<std::int64_t>(civil_ns / 1000);
        anchor_rest_ = fixed(civil_ns % 1000);
        window_ = fixed(window_ns) / us_per_tick_;
    }
    return {static_cast<std::int64_t>(civil_ns / 1000)};
}

}  // namespace waybill
