#include "chassis/resilience/retry.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace waybill::resilience {
namespace {

RC_GTEST_PROP(RetryPolicy, PausesWithinFullJitter, (std::uint64_t random)) {
    const RetryPolicy policy;
    const int retry = *rc::gen::inRange(1, 40);
    const auto pause = policy.pause(retry, random);
    RC_ASSERT(pause >= Duration::zero());
    RC_ASSERT(pause <= policy.max);
    if (retry == 1) RC_ASSERT(pause <= policy.first);
    if (retry == 2) RC_ASSERT(pause <= policy.first * 2);
}

TEST(RetryPolicy, ReachesBothEndsOfTheJitter) {
    const RetryPolicy policy;
    EXPECT_EQ(policy.pause(1, 0), Duration::zero());
    EXPECT_EQ(policy.pause(1, 50'000), Duration(50'000));
    EXPECT_EQ(policy.pause(9, 2'000'000), Duration(2'000'000));
}

RC_GTEST_PROP(RetryBudget, NeverGivesMoreThanItsReserveAndItsShareOfTheCalls,
              (const std::vector<bool>& steps)) {
    RetryBudget budget({.percent = 10, .reserve = 3});
    std::int64_t calls = 0;
    std::int64_t retries = 0;
    for (const bool is_call : steps) {
        if (is_call) {
            budget.call();
            ++calls;
        } else if (budget.take()) {
            ++retries;
        }
        RC_ASSERT(retries * 100 <= 3 * 100 + calls * 10);
    }
}

TEST(RetryBudget, EarnsOneRetryWithTenCallsOnceTheReserveIsSpent) {
    RetryBudget budget({.percent = 10, .reserve = 1});
    EXPECT_TRUE(budget.take());
    EXPECT_FALSE(budget.take());
    for (int i = 0; i < 9; ++i) budget.call();
    EXPECT_FALSE(budget.take());
    budget.call();
    EXPECT_TRUE(budget.take());
    EXPECT_FALSE(budget.take());
}

TEST(RetryBudget, SavesNoMoreThanItsReserve) {
    RetryBudget budget({.percent = 10, .reserve = 2});
    for (int i = 0; i < 1000; ++i) budget.call();
    EXPECT_TRUE(budget.take());
    EXPECT_TRUE(budget.take());
    EXPECT_FALSE(budget.take());
}

}  // namespace
}  // namespace waybill::resilience
