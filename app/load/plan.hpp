#pragma once
#include <optional>
#include <vector>

#include "app/load/schedule.hpp"

namespace waybill::load {

/// What a run is asked to be.
struct Wish {
    double rate = 100;  ///< arrivals a second
    struct Ramp {
        double from = 0;
        double to = 0;
    };
    std::optional<Ramp> ramp = {};        ///< instead of a constant rate
    std::optional<double> overload = {};  ///< a factor above 1
    Duration duration = std::chrono::seconds(30);
    Duration warm_up{};
};

/// The phases of it, each but the warm-up `duration` long. An overload is three: `base` at the rate
/// (with a ramp: `ramp`, whose best three seconds are the peak, then `calm` at half of it), then
/// `overload` at its factor, then `recovery` as before it (with a ramp: half of the peak).
std::vector<Phase> plan(const Wish& wish);

}  // namespace waybill::load
