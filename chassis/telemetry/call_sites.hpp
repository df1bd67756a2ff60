#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <source_location>

#include "chassis/base/time.hpp"

namespace waybill::telemetry {

/// How often one call site may log: `per_second` on average, `burst` at once. Both ≥ 1.
struct LogRate {
    int per_second = 50;
    int burst = 200;
};

/// A token bucket for each call site (file and line). Lock-free and of fixed size: what comes
/// after its 1,024 sites is not limited.
class CallSites {
 public:
    explicit CallSites(LogRate rate)
        : interval_us_(1'000'000 / rate.per_second), burst_us_(interval_us_ * (rate.burst - 1)) {}

    /// False when the site must be quiet, which is counted; else `suppressed` is the count since
    /// it last spoke.
    bool admit(const std::source_location& where, MonoTime now, std::uint32_t& suppressed);

 private:
    struct Site {
        std::atomic<std::uint64_t> key{0};
        std::atomic<std::int64_t> paid_until_us{0};  ///< GCRA's theoretical arrival time
        std::atomic<std::uint32_t> suppressed{0};
    };
    Site* find(const std::source_location& where);

    std::int64_t interval_us_;
    std::int64_t burst_us_;
    std::array<Site, 1024> sites_;
};

}  // namespace waybill::telemetry
