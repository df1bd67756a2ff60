#include "app/load/plan.hpp"

#include <algorithm>

namespace waybill::load {
namespace {

constexpr double calm_share = 0.5;
constexpr Duration calm_time_max = std::chrono::seconds(10);

Phase steady(std::string name, Duration length, double rate, bool of_peak = false) {
    Phase phase;
    phase.name = std::move(name);
    phase.length = length;
    phase.from = phase.to = rate;
    phase.of_peak = of_peak;
    return phase;
}

}  // namespace

std::vector<Phase> plan(const Wish& wish) {
    std::vector<Phase> phases;
    const double first = wish.ramp ? wish.ramp->from : wish.rate;
    if (wish.warm_up > Duration::zero()) {
        phases.push_back(steady("warm-up", wish.warm_up, first));
        phases.back().counted = false;
    }
    if (wish.ramp) {
        phases.push_back(steady("ramp", wish.duration, wish.ramp->from));
        phases.back().to = wish.ramp->to;
    } else {
        phases.push_back(steady(wish.overload ? "base" : "steady", wish.duration, wish.rate));
    }
    if (!wish.overload) return phases;
    const bool of_peak = wish.ramp.has_value();
    const double base = of_peak ? 1 : wish.rate;
    const double after = of_peak ? calm_share : wish.rate;
    if (of_peak)
        phases.push_back(steady("calm", std::min(wish.duration, calm_time_max), calm_share, true));
    phases.push_back(steady("overload", wish.duration, base * *wish.overload, of_peak));
    phases.push_back(steady("recovery", wish.duration, after, of_peak));
    return phases;
}

}  // namespace waybill::load
