#include "chassis/telemetry/cell.hpp"

namespace waybill::telemetry {

void ExemplarSlot::write(ExemplarClock& clock, std::uint32_t epoch, double value,
                         const TraceContext& trace) {
    if (busy_.exchange(true, std::memory_order_acquire)) return;
    held_ = {trace, value, clock.env->now()};
    epoch_.store(epoch, std::memory_order_relaxed);
    busy_.store(false, std::memory_order_release);
}

bool ExemplarSlot::read(Exemplar& out) const {
    if (epoch_.load(std::memory_order_relaxed) == 0) return false;
    while (busy_.exchange(true, std::memory_order_acquire)) {
        // A writer holds it for some nanoseconds, at most once an epoch.
    }
    out = held_;
    busy_.store(false, std::memory_order_release);
    return true;
}

}  // namespace waybill::telemetry
