#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>

#include "chassis/runtime/async.hpp"
#include "chassis/runtime/real_env.hpp"
#include "chassis/runtime/virtual_env.hpp"

namespace waybill {
namespace {

Task<void> sleep_and_note(Env& env, Duration time, std::vector<std::int64_t>& woke) {
    co_await sleep_until(env, env.monotonic() + time);
    woke.push_back(env.monotonic().us);
}

TEST(VirtualEnv, WakesSleepersInTheOrderOfTheirTimesAndMovesNoRealTime) {
    auto env = VirtualEnv::create(1, Timestamp{0});
    std::vector<std::int64_t> woke;
    TaskScope scope(env->loop(0));
    scope.spawn(sleep_and_note(*env, std::chrono::hours(2), woke));
    scope.spawn(sleep_and_note(*env, std::chrono::hours(1), woke));
    env->run_for(std::chrono::hours(3));
    EXPECT_EQ(woke, (std::vector<std::int64_t>{3'600'000'000, 7'200'000'000}));
    EXPECT_EQ(env->now().us, 3 * 3'600'000'000LL);
}

TEST(VirtualEnv, RunsAWorkersStepOncePerWakeAndNeverAfterStop) {
    auto env = VirtualEnv::create(1, Timestamp{0});
    int steps = 0;
    auto worker = env->start_worker("w", [&] { ++steps; });
    worker->wake();
    worker->wake();
    env->run_for(Duration(1));
    EXPECT_EQ(steps, 1);
    worker->wake_at(env->monotonic() + Duration(10));
    env->run_for(Duration(20));
    EXPECT_EQ(steps, 2);
    worker->wake();
    worker->stop();
    env->run_for(Duration(20));
    EXPECT_EQ(steps, 2);
}

TEST(VirtualEnv, GivesTheSameRandomNumbersForTheSameSeed) {
    auto a = VirtualEnv::create(7, Timestamp{0});
    auto b = VirtualEnv::create(7, Timestamp{0});
    EXPECT_EQ(a->random(), b->random());
}

Task<void> wait_for(Env& env, std::shared_ptr<OneShot<int>> shot, Duration limit,
                    std::promise<std::optional<int>>& out) {
    out.set_value(co_await get_until(env, shot, Deadline::after(env.monotonic(), limit)));
}

TEST(RealEnv, CarriesAValueFromAnotherThreadToTheAwaitingLoop) {
    auto env = RealEnv::start(2);
    auto shot = std::make_shared<OneShot<int>>();
    std::promise<std::optional<int>> got;
    boost::asio::co_spawn(env->loop(1).executor(),
                          wait_for(*env, shot, std::chrono::seconds(30), got),
                          boost::asio::detached);
    auto worker = env->start_worker("setter", [&] { shot->set(42); });
    worker->wake();
    EXPECT_EQ(got.get_future().get(), 42);
    worker->stop();
    env->stop();
}

TEST(RealEnv, GivesNothingWhenTheDeadlinePassesFirst) {
    auto env = RealEnv::start(1);
    auto shot = std::make_shared<OneShot<int>>();
    std::promise<std::optional<int>> got;
    boost::asio::co_spawn(env->loop(0).executor(),
                          wait_for(*env, shot, std::chrono::milliseconds(1), got),
                          boost::asio::detached);
    EXPECT_EQ(got.get_future().get(), std::nullopt);
    env->stop();
}

TEST(RealEnv, WakesAWorkerAtTheTimeAskedFor) {
    auto env = RealEnv::start(1);
    std::promise<void> stepped;
    auto worker = env->start_worker("timed", [&] { stepped.set_value(); });
    worker->wake_at(env->monotonic() + std::chrono::milliseconds(2));
    stepped.get_future().get();
    worker->stop();
    env->stop();
}

}  // namespace
}  // namespace waybill
