#include "chassis/resilience/bulkhead.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <latch>

#include "chassis/runtime/async.hpp"
#include "chassis/runtime/real_env.hpp"
#include "chassis/runtime/virtual_env.hpp"

namespace waybill::resilience {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Visit {
    bool entered = false;
    MonoTime at{};
};

Task<void> visit(Env& env, Bulkhead& bulkhead, Duration deadline, Duration stay, Visit& out) {
    auto slot = co_await bulkhead.enter(env, Deadline::after(env.monotonic(), deadline));
    out.entered = slot.has_value();
    out.at = env.monotonic();
    if (slot) co_await sleep_until(env, env.monotonic() + stay);
}

class BulkheadTest : public testing::Test {
 protected:
    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{0});
    TaskScope scope_{env_->loop(0)};
    std::array<Visit, 4> visits_;
};

TEST_F(BulkheadTest, RefusesAtOnceWhenTheQueueIsFull) {
    Bulkhead bulkhead({.running_max = 1, .waiting_max = 1, .age_max = seconds(1)});
    for (auto& out : std::span(visits_).first(3))
        scope_.spawn(visit(*env_, bulkhead, seconds(5), milliseconds(100), out));
    env_->run_for(seconds(1));
    EXPECT_TRUE(visits_[0].entered);
    EXPECT_TRUE(visits_[1].entered);
    EXPECT_FALSE(visits_[2].entered);
    EXPECT_EQ(visits_[2].at, MonoTime{0});
}

TEST_F(BulkheadTest, LetsWaitersInInTheirOrderAsSlotsComeFree) {
    Bulkhead bulkhead({.running_max = 1, .waiting_max = 8, .age_max = seconds(1)});
    for (auto& out : visits_)
        scope_.spawn(visit(*env_, bulkhead, seconds(5), milliseconds(100), out));
    env_->run_for(seconds(1));
    for (std::size_t i = 0; i < visits_.size(); ++i) {
        EXPECT_TRUE(visits_[i].entered);
        EXPECT_EQ(visits_[i].at.us, static_cast<std::int64_t>(i) * 100'000);
    }
    EXPECT_EQ(bulkhead.running(), 0U);
    EXPECT_EQ(bulkhead.waiting(), 0U);
}

TEST_F(BulkheadTest, SendsAwayWhoHasWaitedTooLongAndLosesNoSlot) {
    Bulkhead bulkhead({.running_max = 1, .waiting_max = 8, .age_max = milliseconds(50)});
    scope_.spawn(visit(*env_, bulkhead, seconds(5), milliseconds(100), visits_[0]));
    scope_.spawn(visit(*env_, bulkhead, seconds(5), milliseconds(100), visits_[1]));
    scope_.spawn(visit(*env_, bulkhead, milliseconds(20), milliseconds(100), visits_[2]));
    env_->run_for(seconds(1));
    EXPECT_FALSE(visits_[1].entered);
    EXPECT_EQ(visits_[1].at, MonoTime{50'000});
    EXPECT_FALSE(visits_[2].entered);
    EXPECT_EQ(visits_[2].at, MonoTime{20'000});
    scope_.spawn(visit(*env_, bulkhead, seconds(5), milliseconds(1), visits_[3]));
    env_->run_for(seconds(1));
    EXPECT_TRUE(visits_[3].entered);
}

TEST_F(BulkheadTest, KeepsTheSlotThatComesFreeAtTheMomentOfTheAgeLimit) {
    Bulkhead bulkhead({.running_max = 1, .waiting_max = 8, .age_max = milliseconds(100)});
    scope_.spawn(visit(*env_, bulkhead, seconds(5), milliseconds(100), visits_[0]));
    scope_.spawn(visit(*env_, bulkhead, seconds(5), milliseconds(100), visits_[1]));
    env_->run_for(seconds(1));
    EXPECT_EQ(bulkhead.running(), 0U);
    EXPECT_EQ(bulkhead.waiting(), 0U);
}

Task<void> press(Env& env, Bulkhead& bulkhead, std::atomic<int>& inside, std::atomic<int>& most,
                 std::latch& done) {
    for (int i = 0; i < 200; ++i) {
        auto slot = co_await bulkhead.enter(env, Deadline::after(env.monotonic(), seconds(30)));
        const int now_inside = ++inside;
        int seen = most.load();
        while (seen < now_inside && !most.compare_exchange_weak(seen, now_inside)) {
        }
        co_await yield_now();
        --inside;
    }
    done.count_down();
}

TEST(Bulkhead, HoldsItsCapAndLosesNobodyBetweenLoops) {
    auto env = RealEnv::start(2);
    Bulkhead bulkhead({.running_max = 3, .waiting_max = 100, .age_max = seconds(30)});
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::latch done(16);
    for (std::size_t i = 0; i < 16; ++i)
        boost::asio::co_spawn(env->loop(i % 2).executor(),
                              press(*env, bulkhead, inside, most, done), boost::asio::detached);
    done.wait();
    env->stop();
    EXPECT_LE(most, 3);
    EXPECT_EQ(bulkhead.running(), 0U);
    EXPECT_EQ(bulkhead.waiting(), 0U);
}

}  // namespace
}  // namespace waybill::resilience
