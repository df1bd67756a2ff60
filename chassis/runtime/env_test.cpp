#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <deque>
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

/// Has many sockets ready at once and counts those that had their turn before what is behind them.
class ReadySockets {
 public:
    explicit ReadySockets(Loop& loop) : loop_(loop) {}
    std::size_t served_before() {
        std::promise<std::size_t> served;
        loop_.post([&] {
            for (std::size_t i = 0; i < count; ++i) add();
            for (auto& writer : writers_) writer.send(boost::asio::buffer("x", 1));
            loop_.post_behind([&] { served.set_value(served_); });
        });
        return served.get_future().get();
    }
    static constexpr std::size_t count = 400;

 private:
    using Socket = boost::asio::local::stream_protocol::socket;
    void add() {
        Socket& writer = writers_.emplace_back(loop_.executor());
        Socket& reader = readers_.emplace_back(loop_.executor());
        boost::asio::local::connect_pair(writer, reader);
        reader.async_wait(Socket::wait_read, [this](boost::system::error_code) { ++served_; });
    }
    Loop& loop_;
    std::deque<Socket> writers_;
    std::deque<Socket> readers_;
    std::size_t served_ = 0;
};

TEST(RealEnv, RunsWhatIsBehindAfterEverySocketThatIsReady) {
    auto env = RealEnv::start(1);
    ReadySockets sockets(env->loop(0));
    EXPECT_EQ(sockets.served_before(), ReadySockets::count);
    env->stop();
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
