#include "chassis/resilience/retry.hpp"

#include <algorithm>

#include "chassis/base/check.hpp"

namespace waybill::resilience {
namespace {
constexpr std::int64_t whole_retry = 100;
}

Duration RetryPolicy::pause(int retry, std::uint64_t random) const {
    CHECK(retry >= 1);
    const int doublings = std::min(retry - 1, 20);
    const std::int64_t bound = std::min(first.count() << doublings, max.count());
    return Duration(static_cast<std::int64_t>(random % (static_cast<std::uint64_t>(bound) + 1)));
}

RetryBudget::RetryBudget(Options options)
    : earned_(options.percent), saved_max_(options.reserve * whole_retry), saved_(saved_max_) {
    CHECK(options.percent >= 0 && options.percent <= 100 && options.reserve >= 0);
}

void RetryBudget::call() {
    std::int64_t saved = saved_.load(std::memory_order_relaxed);
    // A full purse is the ordinary state: then nothing is written and no cache line moves.
    while (saved < saved_max_ &&
           !saved_.compare_exchange_weak(saved, std::min(saved + earned_, saved_max_),
                                         std::memory_order_relaxed)) {
    }
}

bool RetryBudget::take() {
    std::int64_t saved = saved_.load(std::memory_order_relaxed);
    while (saved >= whole_retry)
        if (saved_.compare_exchange_weak(saved, saved - whole_retry, std::memory_order_relaxed))
            return true;
    return false;
}

}  // namespace waybill::resilience
