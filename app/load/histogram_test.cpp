#include "app/load/histogram.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

namespace waybill::load {
namespace {

TEST(LoadHistogram, OfNothingTellsZeroes) {
    const Histogram none;
    EXPECT_EQ(none.count(), 0U);
    EXPECT_EQ(none.at(0.99), Duration(0));
    EXPECT_EQ(none.mean(), Duration(0));
}

TEST(LoadHistogram, CountsWhatIsTooLargeAsTheHighestAndWhatIsNegativeAsZero) {
    Histogram values;
    values.record(Histogram::highest + Duration(1));
    values.record(Duration(-1));
    EXPECT_EQ(values.max(), Histogram::highest);
    EXPECT_EQ(values.at(1), Histogram::highest);
    EXPECT_EQ(values.at(0.5), Duration(0));
}

TEST(LoadHistogram, TellsSmallValuesExactly) {
    Histogram values;
    for (int us = 1; us <= 1000; ++us) values.record(Duration(us));
    EXPECT_EQ(values.at(0.5), Duration(500));
    EXPECT_EQ(values.at(0.9), Duration(900));
    EXPECT_EQ(values.at(0.999), Duration(999));
    EXPECT_EQ(values.at(1), Duration(1000));
    EXPECT_EQ(values.mean(), Duration(500));
}

/// The value at the same rank of the sorted values.
std::int64_t exact_at(std::vector<std::int64_t> values, double share) {
    std::sort(values.begin(), values.end());
    const auto rank = std::max<std::size_t>(
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size()))), 1);
    return values[rank - 1];
}

RC_GTEST_PROP(LoadHistogram, TellsEveryPercentileWithinAThousandthAndNeverTooSmall,
              (const std::vector<std::uint32_t>& recorded)) {
    RC_PRE(!recorded.empty());
    Histogram values;
    std::vector<std::int64_t> exact;
    for (const std::uint32_t us : recorded) {
        values.record(Duration(us));
        exact.push_back(us);
    }
    for (const double share : {0.001, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const auto truth = exact_at(exact, share);
        const auto told = values.at(share).count();
        RC_ASSERT(told >= truth);
        RC_ASSERT(told <= truth + truth / 1000);
    }
}

RC_GTEST_PROP(LoadHistogram, MergedIsAsIfAllHadBeenRecordedInOne,
              (const std::vector<std::uint32_t>& first, const std::vector<std::uint32_t>& second)) {
    Histogram one;
    Histogram other;
    Histogram all;
    for (const std::uint32_t us : first) {
        one.record(Duration(us));
        all.record(Duration(us));
    }
    for (const std::uint32_t us : second) {
        other.record(Duration(us));
        all.record(Duration(us));
    }
    one.merge(other);
    RC_ASSERT(one.count() == all.count());
    RC_ASSERT(one.max() == all.max());
    RC_ASSERT(one.mean() == all.mean());
    for (const double share : {0.1, 0.5, 0.99, 1.0}) RC_ASSERT(one.at(share) == all.at(share));
}

}  // namespace
}  // namespace waybill::load
