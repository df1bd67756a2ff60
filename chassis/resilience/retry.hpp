#pragma once
#include <atomic>
#include <cstdint>

#include "chassis/base/time.hpp"

namespace waybill::resilience {

/// How often and how late a call is tried again.
struct RetryPolicy {
    int retries_max = 2;                             ///< beside the first attempt
    Duration first = std::chrono::milliseconds(50);  ///< upper bound of the first pause
    Duration max = std::chrono::seconds(2);          ///< upper bound of every pause

    /// The pause before the n-th retry (n from 1): uniform between 0 and min(max, first·2^(n-1)),
    /// known as full jitter. `random`: 64 uniform bits.
    Duration pause(int retry, std::uint64_t random) const;
};

/// Keeps retries a share of the calls: every call earns a fraction of a retry, every retry spends
/// a whole one. At any time retries ≤ reserve + share · calls. Thread-safe, without locks.
class RetryBudget {
 public:
    struct Options {
        int percent = 10;  ///< retries earned by a hundred calls; 0..100
        int reserve = 10;  ///< retries at hand in the beginning, and the most that are saved up
    };
    explicit RetryBudget(Options options);

    /// One call (not a retry) begins.
    void call();
    /// Takes one retry; false: none is left, do not retry.
    bool take();

 private:
    const std::int64_t earned_;
    const std::int64_t saved_max_;
    std::atomic<std::int64_t> saved_;  // in hundredths of a retry
};

}  // namespace waybill::resilience
