#include "chassis/resilience/limiter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <thread>

namespace waybill::resilience {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Rate ten_a_second{.count = 10, .window = seconds(1), .burst = 5};

TEST(Rate, RefusesWhatIsNoRate) {
    for (const char* text : {"", "10", "/s", "0/s", "-1/s", "10/d", "10/ss", "10 /s", "1.5/s",
                             "1000001/s", "99999999999999999999/s"}) {
        const auto rate = Rate::parse(text, "gateway.rate_limit");
        ASSERT_FALSE(rate) << text;
        EXPECT_EQ(rate.error().faults.at(0).pointer, "gateway.rate_limit");
    }
}

TEST(Rate, ReadsPerSecondMinuteAndHour) {
    EXPECT_EQ(Rate::parse("1000/s", "")->count, 1000);
    EXPECT_EQ(Rate::parse("1000/s", "")->burst, 2000);
    EXPECT_EQ(Rate::parse("60/m", "")->window, Duration(std::chrono::minutes(1)));
    EXPECT_EQ(Rate::parse("5/h", "")->window, Duration(std::chrono::hours(1)));
}

TEST(Rate, IsUnsoundWhenItsBurstIsNotHadBackWithinAYear) {
    EXPECT_TRUE(ten_a_second.sound());
    EXPECT_FALSE((Rate{.count = 1, .window = std::chrono::hours(1), .burst = 10'000'000}.sound()));
    EXPECT_FALSE((Rate{.count = 0}.sound()));
    EXPECT_FALSE((Rate{.burst = 0}.sound()));
}

TEST(Rate, ComparesOverAnyTime) {
    const Rate per_second = Rate::parse("10/s", "").value();
    Rate per_minute = Rate::parse("600/m", "").value();
    EXPECT_FALSE(per_minute.within(per_second)) << "a larger burst is not within";
    per_minute.burst = per_second.burst;
    EXPECT_TRUE(per_minute.within(per_second));
    EXPECT_TRUE(per_second.within(per_minute));
    EXPECT_FALSE(Rate::parse("11/s", "")->within(per_second));
}

TEST(RateLimiter, RefusesBeyondTheBurstAndSaysWhenToComeBack) {
    RateLimiter limiter({.rate = ten_a_second});
    const MonoTime now{5'000'000};
    for (std::int64_t left = 4; left >= 0; --left) {
        const auto decision = limiter.admit("customer1", now);
        ASSERT_TRUE(decision.allowed);
        EXPECT_EQ(decision.remaining, left);
    }
    const auto refused = limiter.admit("customer1", now);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.remaining, 0);
    EXPECT_EQ(refused.retry_after, Duration(milliseconds(100)));
    EXPECT_EQ(refused.reset, Duration(milliseconds(500)));
    EXPECT_FALSE(limiter.admit("customer1", now + Duration(99'999)).allowed);
    EXPECT_TRUE(limiter.admit("customer1", now + milliseconds(100)).allowed);
}

TEST(RateLimiter, ChargesEveryKeyForItselfAlone) {
    RateLimiter limiter({.rate = ten_a_second});
    for (int i = 0; i < 6; ++i) limiter.admit("one", MonoTime{0});
    EXPECT_FALSE(limiter.admit("one", MonoTime{0}).allowed);
    EXPECT_EQ(limiter.admit("other", MonoTime{0}).remaining, 4);
}

TEST(RateLimiter, HasItsFullBurstBackAfterTheReset) {
    RateLimiter limiter({.rate = ten_a_second});
    Duration reset{};
    for (int i = 0; i < 5; ++i) reset = limiter.admit("key", MonoTime{0}).reset;
    EXPECT_EQ(limiter.admit("key", MonoTime{0} + reset).remaining, 4);
}

RC_GTEST_PROP(RateLimiter, NeverAdmitsMoreThanBurstAndRateOverAnyTime, ()) {
    const Rate rate{.count = *rc::gen::inRange<std::int64_t>(1, 2000),
                    .window = seconds(*rc::gen::inRange(1, 90)),
                    .burst = *rc::gen::inRange<std::int64_t>(1, 50)};
    RateLimiter limiter({.rate = rate, .seed = *rc::gen::arbitrary<std::uint64_t>()});
    std::vector<MonoTime> admitted;
    MonoTime now{*rc::gen::inRange(0, 1'000'000)};
    for (int i = 0; i < 200; ++i) {
        now = now + Duration(*rc::gen::inRange(0, 200'000));
        const auto decision = limiter.admit("key", now);
        RC_ASSERT(decision.remaining >= 0 && decision.remaining < rate.burst);
        if (!decision.allowed) RC_ASSERT(decision.retry_after > Duration::zero());
        if (decision.allowed) admitted.push_back(now);
    }
    for (std::size_t first = 0; first < admitted.size(); ++first)
        for (std::size_t last = first; last < admitted.size(); ++last) {
            const double time = static_cast<double>((admitted[last] - admitted[first]).count());
            const double allowed =
                static_cast<double>(rate.burst) +
                time * static_cast<double>(rate.count) / static_cast<double>(rate.window.count());
            RC_ASSERT(static_cast<double>(last - first + 1) <= allowed + 1e-6);
        }
}

RC_GTEST_PROP(RateLimiter, AdmitsAtTheTimeThatItNamed, ()) {
    RateLimiter limiter({.rate = ten_a_second});
    MonoTime now{0};
    for (int i = 0; i < 100; ++i) {
        now = now + Duration(*rc::gen::inRange(0, 60'000));
        const auto decision = limiter.admit("key", now);
        if (decision.allowed) continue;
        now = now + decision.retry_after;
        RC_ASSERT(limiter.admit("key", now).allowed);
    }
}

TEST(RateLimiter, KeepsABoundedNumberOfKeysAndForgetsTheLeastActive) {
    RateLimiter limiter({.rate = ten_a_second, .keys_max = 1});
    for (int i = 0; i < 5; ++i) limiter.admit("busy", MonoTime{0});
    for (int i = 0; i < 10'000; ++i) limiter.admit(std::to_string(i), MonoTime{0});
    EXPECT_FALSE(limiter.admit("busy", MonoTime{0}).allowed);
}

TEST(RateLimiter, AdmitsExactlyTheBurstFromManyThreads) {
    RateLimiter limiter({.rate = {.count = 1, .window = std::chrono::hours(1), .burst = 1000}});
    std::atomic<int> admitted{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 1000; ++n)
                if (limiter.admit("key", MonoTime{0}).allowed) ++admitted;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(admitted, 1000);
}

}  // namespace
}  // namespace waybill::resilience
