#include "app/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace waybill::load {
namespace {

constexpr unsigned exact_bits = 11;  // 2048 values: three significant digits
constexpr std::uint64_t half = std::uint64_t{1} << (exact_bits - 1);

std::size_t index_of(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = width > exact_bits ? width - exact_bits : 0;
    return static_cast<std::size_t>(half * shift + (value >> shift));
}

/// The largest value that has this index.
std::uint64_t value_of(std::size_t index) {
    if (index < 2 * half) return index;
    const auto shift = static_cast<unsigned>(index / half - 1);
    return ((index - half * shift + 1) << shift) - 1;
}

}  // namespace

void Histogram::record(Duration value) {
    value = std::clamp(value, Duration::zero(), highest);
    const std::size_t index = index_of(static_cast<std::uint64_t>(value.count()));
    if (index >= counts_.size()) counts_.resize(index + 1);
    ++counts_[index];
    ++count_;
    sum_us_ += static_cast<std::uint64_t>(value.count());
    max_ = std::max(max_, value);
}

void Histogram::merge(const Histogram& other) {
    if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
    for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_us_ += other.sum_us_;
    max_ = std::max(max_, other.max_);
}

void Histogram::clear() {
    std::fill(counts_.begin(), counts_.end(), 0);
    count_ = 0;
    sum_us_ = 0;
    max_ = {};
}

Duration Histogram::mean() const {
    return count_ == 0 ? Duration::zero() : Duration(static_cast<std::int64_t>(sum_us_ / count_));
}

Duration Histogram::at(double share) const {
    if (count_ == 0) return {};
    const auto wanted = std::max<std::uint64_t>(
        static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))), 1);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        seen += counts_[i];
        if (seen >= wanted) return std::min(max_, Duration(static_cast<std::int64_t>(value_of(i))));
    }
    return max_;
}

}  // namespace waybill::load
