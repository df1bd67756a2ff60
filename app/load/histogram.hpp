#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "chassis/base/time.hpp"

namespace waybill::load {

/// Latencies with three significant digits in bounded memory, after Gil Tene's HdrHistogram
/// (https://hdrhistogram.org): values up to 2047 us are exact; above, each doubling has 1024
/// equal steps, so that no value is told off by more than 0.1 %. At most 184 KiB, and only as much
/// as the largest value needs. Values above `highest` count as it.
class Histogram {
 public:
    static constexpr Duration highest{(std::int64_t{1} << 32) - 1};

    void record(Duration value);
    void merge(const Histogram& other);
    void clear();

    std::uint64_t count() const { return count_; }
    Duration max() const { return max_; }  ///< exact
    Duration mean() const;                 ///< exact; 0 of none
    /// The smallest recorded step that at least this share (0..1) of the values does not exceed.
    /// 0 of none.
    Duration at(double share) const;

 private:
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    std::uint64_t sum_us_ = 0;
    Duration max_{};
};

}  // namespace waybill::load
