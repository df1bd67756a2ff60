#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "chassis/base/time.hpp"
#include "chassis/runtime/xoshiro.hpp"

namespace waybill::load {

/// How arrivals are spread: evenly, or as independent users would come (a Poisson process).
enum class Arrivals : std::uint8_t { constant, poisson };

/// A stretch of a run: its rate goes evenly from `from` to `to` arrivals a second.
struct Phase {
    std::string name;
    Duration length{};
    double from = 0;
    double to = 0;
    bool counted = true;   ///< in the totals; a warm-up is not
    bool of_peak = false;  ///< the rates are factors of the goodput's peak in the phases before
};

/// One lane's arrivals of a phase, all of them fixed before the first: no answer, however late,
/// moves an arrival. The lanes of a phase together have its rate; with constant arrivals their
/// union is exactly even.
class Schedule {
 public:
    struct Lane {
        std::size_t index = 0;
        std::size_t count = 1;
    };
    Schedule(const Phase& phase, MonoTime start, Arrivals arrivals, Lane lane, std::uint64_t seed);

    /// The next arrival, never before the one that was returned last; nothing after the last one.
    std::optional<MonoTime> next();

 private:
    MonoTime start_;
    double seconds_;
    double from_;   // arrivals a second of this lane, at the beginning
    double slope_;  // and how they grow a second
    Arrivals arrivals_;
    double count_;  // expected arrivals up to the next one
    Xoshiro256 random_;
};

}  // namespace waybill::load
