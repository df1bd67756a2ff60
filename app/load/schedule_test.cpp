#include "app/load/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/load/plan.hpp"

namespace waybill::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr MonoTime begin_at{5'000'000};

Phase phase_of(double from, double to, Duration length) {
    Phase phase;
    phase.length = length;
    phase.from = from;
    phase.to = to;
    return phase;
}

std::vector<std::int64_t> all_of(Schedule schedule) {
    std::vector<std::int64_t> times;
    while (const auto at = schedule.next()) times.push_back((*at - begin_at).count());
    return times;
}

std::vector<std::int64_t> constant(const Phase& phase, Schedule::Lane lane = {}) {
    return all_of(Schedule(phase, begin_at, Arrivals::constant, lane, 1));
}

TEST(LoadSchedule, ConstantArrivalsAreEvenlySpread) {
    EXPECT_EQ(constant(phase_of(4, 4, seconds(1))),
              (std::vector<std::int64_t>{125'000, 375'000, 625'000, 875'000}));
    EXPECT_EQ(constant(phase_of(100, 100, seconds(60))).size(), 6'000U);
}

TEST(LoadSchedule, LanesTogetherAreAsEvenAsOne) {
    std::vector<std::int64_t> together;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto mine = constant(phase_of(30, 30, seconds(2)), {i, 3});
        together.insert(together.end(), mine.begin(), mine.end());
    }
    std::sort(together.begin(), together.end());
    const auto one = constant(phase_of(30, 30, seconds(2)));
    ASSERT_EQ(together.size(), one.size());
    for (std::size_t i = 0; i < one.size(); ++i) EXPECT_LE(std::abs(together[i] - one[i]), 1);
}

TEST(LoadSchedule, ARampComesFasterAndFasterOrSlowerAndSlower) {
    const auto up = constant(phase_of(0, 200, seconds(10)));
    EXPECT_EQ(up.size(), 1'000U);
    const auto in_first_half =
        std::count_if(up.begin(), up.end(), [](auto us) { return us < 5'000'000; });
    EXPECT_EQ(in_first_half, 250);
    const auto down = constant(phase_of(200, 0, seconds(10)));
    EXPECT_NEAR(static_cast<double>(down.size()), 1'000, 1);
    EXPECT_TRUE(std::is_sorted(down.begin(), down.end()));
    for (std::size_t i = 2; i < down.size(); ++i)
        EXPECT_GE(down[i] - down[i - 1] + 1, down[i - 1] - down[i - 2]);
}

TEST(LoadSchedule, PoissonArrivalsHaveTheRateAndTheSpreadOfIndependentOnes) {
    const auto times =
        all_of(Schedule(phase_of(1'000, 1'000, seconds(60)), begin_at, Arrivals::poisson, {}, 7));
    EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
    EXPECT_NEAR(static_cast<double>(times.size()), 60'000, 4 * std::sqrt(60'000.0));
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 1; i < times.size(); ++i) {
        const auto gap = static_cast<double>(times[i] - times[i - 1]);
        sum += gap;
        squares += gap * gap;
    }
    const auto count = static_cast<double>(times.size() - 1);
    const double mean = sum / count;
    // An exponential's deviation is its mean; an even spread's would be 0.
    EXPECT_NEAR(std::sqrt(squares / count - mean * mean) / mean, 1, 0.03);
}

TEST(LoadSchedule, TheSameSeedGivesTheSameArrivals) {
    const auto with = [](std::uint64_t seed) {
        return all_of(
            Schedule(phase_of(50, 80, seconds(5)), begin_at, Arrivals::poisson, {}, seed));
    };
    EXPECT_EQ(with(3), with(3));
    EXPECT_NE(with(3), with(4));
}

std::vector<std::string> names_of_plan(const Wish& wish) {
    std::vector<std::string> names;
    for (const auto& phase : plan(wish)) names.push_back(phase.name);
    return names;
}

TEST(LoadPlan, AnOverloadStandsBetweenABaseAndARecovery) {
    Wish wish;
    wish.rate = 200;
    wish.overload = 3;
    wish.warm_up = milliseconds(500);
    const auto phases = plan(wish);
    EXPECT_EQ(names_of_plan(wish),
              (std::vector<std::string>{"warm-up", "base", "overload", "recovery"}));
    EXPECT_FALSE(phases[0].counted);
    EXPECT_EQ(phases[2].from, 600);
    EXPECT_EQ(phases[3].to, 200);
}

TEST(LoadPlan, AfterARampTheOverloadIsOfThePeak) {
    Wish wish;
    wish.ramp = Wish::Ramp{100, 900};
    wish.overload = 3;
    const auto phases = plan(wish);
    EXPECT_EQ(names_of_plan(wish),
              (std::vector<std::string>{"ramp", "calm", "overload", "recovery"}));
    EXPECT_EQ(phases[0].to, 900);
    EXPECT_TRUE(phases[2].of_peak);
    EXPECT_EQ(phases[2].from, 3);
    EXPECT_EQ(phases[3].from, 0.5);
    wish.overload.reset();
    EXPECT_EQ(names_of_plan(wish), (std::vector<std::string>{"ramp"}));
}

}  // namespace
}  // namespace waybill::load
