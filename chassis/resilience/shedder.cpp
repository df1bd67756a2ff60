#include "chassis/resilience/shedder.hpp"

#include <algorithm>

namespace waybill::resilience {

void LoadShedder::waited(Duration delay, MonoTime now) {
    std::lock_guard lock(mutex_);
    if (now >= interval_end_) {
        const auto over = (now - interval_end_).count();
        close_interval(1 + over / options_.interval.count());
        interval_end_ = now + options_.interval;
        shortest_ = Duration::max();
    }
    shortest_ = std::min(shortest_, delay);
}

void LoadShedder::close_interval(std::int64_t intervals) {
    const bool standing = shortest_ != Duration::max() && shortest_ > options_.target;
    const std::uint32_t level = level_.load(std::memory_order_relaxed);
    const std::uint32_t risen = standing ? std::min(level + step_up, level_max) : level;
    // Intervals in which nothing was measured had nothing to do.
    const std::int64_t quiet = standing ? intervals - 1 : intervals;
    const std::int64_t fall = std::min<std::int64_t>(quiet * step_down, risen);
    level_.store(risen - static_cast<std::uint32_t>(fall), std::memory_order_relaxed);
}

bool LoadShedder::refuse(Importance importance, std::uint64_t random) const {
    const std::uint32_t level = level_.load(std::memory_order_relaxed);
    if (level == 0 || importance == Importance::health) return false;
    const auto classes_below =
        static_cast<std::uint32_t>(Importance::list) - static_cast<std::uint32_t>(importance);
    const std::uint32_t start = classes_below * class_size;
    if (level <= start) return false;
    return random % class_size < level - start;
}

}  // namespace waybill::resilience
