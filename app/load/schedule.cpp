#include "app/load/schedule.hpp"

#include <cmath>

namespace waybill::load {
namespace {

/// A step of a Poisson process of rate 1.
double exponential(std::uint64_t random) {
    const double uniform = static_cast<double>(random >> 11U) * 0x1p-53;
    return -std::log1p(-uniform);
}

}  // namespace

Schedule::Schedule(const Phase& phase, MonoTime start, Arrivals arrivals, Lane lane,
                   std::uint64_t seed)
    : start_(start),
      seconds_(static_cast<double>(phase.length.count()) / 1e6),
      from_(phase.from / static_cast<double>(lane.count)),
      slope_((phase.to - phase.from) / static_cast<double>(lane.count) / seconds_),
      arrivals_(arrivals),
      count_((static_cast<double>(lane.index) + 0.5) / static_cast<double>(lane.count)),
      random_(seed) {
    if (arrivals_ == Arrivals::poisson) count_ = exponential(random_.next());
}

/// The expected count up to t is from·t + slope·t²/2; solved for t in the form that stays exact
/// when the slope is small.
std::optional<MonoTime> Schedule::next() {
    const double under = from_ * from_ + 2 * slope_ * count_;
    if (under < 0) return std::nullopt;
    const double divisor = from_ + std::sqrt(under);
    if (divisor <= 0) return std::nullopt;
    const double at = 2 * count_ / divisor;
    if (at >= seconds_) return std::nullopt;
    count_ += arrivals_ == Arrivals::poisson ? exponential(random_.next()) : 1;
    return start_ + Duration(std::llround(at * 1e6));
}

}  // namespace waybill::load
