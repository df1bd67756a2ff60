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
    // Far above the target there is no time for small steps: clients give up meanwhile. But what
    // matters most is given up by small steps alone, once nothing else is left to give up.
    const auto times = std::clamp<std::int64_t>(
        standing ? shortest_.count() / std::max<std::int64_t>(options_.target.count(), 1) : 0, 1,
        steps_at_once_max);
    const std::uint32_t fast =
        std::min(level + step_up * static_cast<std::uint32_t>(times), level_of_moves);
    const std::uint32_t risen =
        standing ? std::min(std::max(fast, level + step_up), level_max) : level;
    // Intervals in which nothing was measured had nothing to do.
    const std::int64_t quiet = standing ? intervals - 1 : intervals;
    // A queue that comes near to standing is left alone; an empty one means that work is refused
    // for which there was room.
    const bool empty = shortest_ == Duration::max() || shortest_ < options_.target / 4;
    const std::int64_t fall =
        std::min<std::int64_t>(quiet * (empty ? step_down_empty : step_down), risen);
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
