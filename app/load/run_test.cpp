#include "app/load/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <functional>

#include "app/load/report.hpp"
#include "chassis/base/json.hpp"
#include "chassis/runtime/virtual_env.hpp"

namespace waybill::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

/// A server in virtual time: so long for each request, and what a test says.
class Server final : public http::Handler {
 public:
    explicit Server(Env& env) : env_(env) {}

    Task<http::Response> handle(http::Request request, Deadline deadline) override {
        ++running_;
        most_ = std::max(most_, running_);
        requests.push_back(std::move(request));
        const MonoTime until = env_.monotonic() + time(env_.monotonic());
        co_await sleep_until(env_, std::min(until, deadline.at));
        --running_;
        http::Response response;
        if (until > deadline.at) {
            response.status = 504;
            response.origin = http::Origin::timed_out;
            co_return response;
        }
        response.status = status(requests.size());
        if (response.status == 201)
            response.headers.add("Location", "/v1/orders/0193e9a0-0000-7000-8000-000000000001");
        if (response.status == 503) response.headers.add("Retry-After", "1");
        if (response.status >= 400)
            response.body = std::string(R"({"type":"/problems/overloaded"})");
        co_return response;
    }
    std::size_t most_at_once() const { return most_; }

    std::function<Duration(MonoTime)> time = [](MonoTime) { return Duration(1'000); };
    std::function<std::uint16_t(std::size_t)> status = [](std::size_t) {
        return std::uint16_t{201};
    };
    std::vector<http::Request> requests;

 private:
    Env& env_;
    std::size_t running_ = 0;
    std::size_t most_ = 0;
};

Task<void> keep_result(Run& run, std::optional<RunResult>& out) {
    out = co_await run.run();
}

class LoadRun : public testing::Test {
 protected:
    LoadRun() {
        const auto token = tokens_.add("one");
        shop_.customers.push_back({"c-1", token, false});
        shop_.operator_token = tokens_.add("two");
        shop_.products = {"p-1", "p-2"};
        options_.connections = 10;
    }
    RunResult run(const Wish& wish, Duration stop_after = std::chrono::hours(1)) {
        const Common common{*env_, server_, shop_, tokens_, nullptr, "load-test", 1};
        load::Run load(common, options_, plan(wish),
                       [this](const Moment& moment) { moments_.push_back(moment); });
        std::optional<RunResult> result;
        boost::asio::co_spawn(env_->loop(0).executor(), keep_result(load, result),
                              [](std::exception_ptr failed) {
                                  if (failed) std::rethrow_exception(failed);
                              });
        env_->run_for(stop_after);
        load.stop();
        env_->run_for(std::chrono::hours(1));
        return std::move(result.value());
    }
    static Wish steady(double rate, Duration duration) {
        Wish wish;
        wish.rate = rate;
        wish.duration = duration;
        return wish;
    }

    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{});
    Server server_{*env_};
    Shop shop_;
    TokenBox tokens_;
    LaneOptions options_;
    std::vector<Moment> moments_;
};

TEST_F(LoadRun, EveryArrivalIsSentOnTimeToAServerThatKeepsUp) {
    const auto result = run(steady(100, seconds(10)));
    const Tally total = result.total();
    EXPECT_EQ(total.arrivals(), 1'000U);
    EXPECT_EQ(total.count(Outcome::acknowledged), 1'000U);
    EXPECT_EQ(total.attempts, 1'000U);
    EXPECT_EQ(total.late, 0U);
    EXPECT_EQ(total.latency(Outcome::acknowledged).max(), milliseconds(1));
    EXPECT_FALSE(result.interrupted);
    EXPECT_EQ(moments_.size(), 10U);
    EXPECT_EQ(moments_[3].second.acknowledged(), 100U);
}

/// The mistake that this generator must not make: a server that stops for a second makes a hundred
/// arrivals wait, on average for half of it, though only ten requests were under way.
TEST_F(LoadRun, WaitsForAConnectionCountAsLatency) {
    server_.time = [](MonoTime now) {
        const bool stopped = now.us >= 4'000'000 && now.us < 5'000'000;
        return stopped ? MonoTime{5'000'000} - now : Duration(1'000);
    };
    const auto result = run(steady(100, seconds(10)));
    const Histogram latency = result.total().latency(Outcome::acknowledged);
    EXPECT_EQ(latency.count(), 1'000U);
    EXPECT_GT(latency.at(0.95), milliseconds(450));
    EXPECT_GT(latency.max(), milliseconds(980));
    EXPECT_GT(result.total().late, 70U);
    EXPECT_LE(server_.most_at_once(), 10U);
}

TEST_F(LoadRun, WhatFindsNoPlaceInTheQueueIsUnsentAndWhatGetsNoAnswerIsUnknown) {
    server_.time = [](MonoTime) { return Duration(seconds(60)); };
    options_.timeout = seconds(2);
    options_.queue_max = 20;
    const auto result = run(steady(50, seconds(4)));
    const Tally total = result.total();
    EXPECT_EQ(total.count(Outcome::unknown) + total.count(Outcome::unsent), 200U);
    EXPECT_EQ(total.count(Outcome::unknown), server_.requests.size());
    EXPECT_GT(total.count(Outcome::unsent), 100U);
    EXPECT_EQ(total.latency(Outcome::unknown).max(), seconds(2));
}

/// Ten connections and a second each: what comes meanwhile waits longer and longer.
TEST_F(LoadRun, WhatHasWaitedForHalfOfItsTimeIsNotSent) {
    server_.time = [](MonoTime) { return Duration(seconds(1)); };
    options_.timeout = seconds(4);
    const auto result = run(steady(100, seconds(10)));
    const Tally total = result.total();
    EXPECT_EQ(total.count(Outcome::unknown), 0U);
    EXPECT_GT(total.count(Outcome::unsent), 700U);
    EXPECT_LE(total.latency(Outcome::acknowledged).max(), seconds(3) + milliseconds(10));
}

std::string key_in(const http::Request& request) {
    return std::string(request.headers.get("Idempotency-Key").value_or("none"));
}

TEST_F(LoadRun, APoliteClientComesBackAfterTheTimeNamedWithTheSameKey) {
    options_.retry = Retry::polite;
    server_.status = [](std::size_t number) { return std::uint16_t(number == 1 ? 503 : 201); };
    const auto result = run(steady(1, seconds(1)));
    ASSERT_EQ(server_.requests.size(), 2U);
    EXPECT_EQ(key_in(server_.requests[0]), key_in(server_.requests[1]));
    const Tally total = result.total();
    EXPECT_EQ(total.count(Outcome::acknowledged), 1U);
    EXPECT_EQ(total.kinds.at("503 overloaded"), 1U);
    EXPECT_GE(total.latency(Outcome::acknowledged).max(), milliseconds(1'001));
    EXPECT_LE(total.latency(Outcome::acknowledged).max(), milliseconds(1'203));
}

TEST_F(LoadRun, APoliteClientGivesUpAfterThreeAttempts) {
    options_.retry = Retry::polite;
    server_.status = [](std::size_t) { return std::uint16_t{503}; };
    EXPECT_EQ(run(steady(1, seconds(1))).total().count(Outcome::shed), 1U);
    EXPECT_EQ(server_.requests.size(), 3U);
}

TEST_F(LoadRun, AStormAsksAgainAtOnceUntilItsTimeIsOver) {
    options_.retry = Retry::storm;
    options_.timeout = seconds(1);
    server_.status = [](std::size_t) { return std::uint16_t{503}; };
    const auto result = run(steady(1, seconds(1)));
    EXPECT_EQ(result.total().count(Outcome::shed), 1U);
    EXPECT_GE(server_.requests.size(), 999U);
    EXPECT_LE(server_.requests.size(), 1'001U);
}

TEST_F(LoadRun, WithoutRetriesARefusalIsOneAttempt) {
    server_.status = [](std::size_t) { return std::uint16_t{429}; };
    EXPECT_EQ(run(steady(10, seconds(1))).total().count(Outcome::limited), 10U);
    EXPECT_EQ(server_.requests.size(), 10U);
}

TEST_F(LoadRun, AnEarlyEndTellsWhatWas) {
    server_.time = [](MonoTime) { return Duration(milliseconds(300)); };
    const auto result = run(steady(100, seconds(60)), seconds(5));
    EXPECT_TRUE(result.interrupted);
    EXPECT_LT(result.elapsed, seconds(6));
    const Tally total = result.total();
    std::uint64_t ended = 0;
    for (std::size_t i = 0; i < outcome_count; ++i) ended += total.count(static_cast<Outcome>(i));
    EXPECT_EQ(ended, total.arrivals());
    EXPECT_NEAR(static_cast<double>(total.arrivals()), 500, 15);
}

TEST_F(LoadRun, MovesActOnOrdersThatTheRunHasMade) {
    options_.mix = *Mix::parse("create=4,read=1,list=1,cancel=1,confirm=1,ship=1");
    const auto result = run(steady(100, seconds(20)));
    const Tally total = result.total();
    for (std::size_t i = 0; i + 1 < operation_count; ++i)
        EXPECT_GT(total.operations[i].count(Outcome::acknowledged), 100U) << operation_names[i];
    for (const auto& request : server_.requests) {
        const bool by_operator =
            request.path.ends_with("/ship") || request.path.ends_with("/confirm");
        EXPECT_EQ(request.headers.get("Authorization"), by_operator ? "Bearer two" : "Bearer one");
        EXPECT_EQ(request.headers.get("Idempotency-Key").has_value(), request.method == "POST");
    }
    EXPECT_EQ(total.count(Outcome::acknowledged), 2'000U);
}

TEST_F(LoadRun, AnOverloadIsJudgedAgainstThePeakThatTheRampFound) {
    // A server that refuses what is more than 200 a second.
    std::int64_t second = -1;
    int in_second = 0;
    server_.status = [&](std::size_t) {
        const std::int64_t now = env_->monotonic().us / 1'000'000;
        if (std::exchange(second, now) != now) in_second = 0;
        return std::uint16_t(++in_second > 200 ? 503 : 201);
    };
    Wish wish;
    wish.ramp = Wish::Ramp{50, 400};
    wish.overload = 3;
    wish.duration = seconds(10);
    const auto result = run(wish);
    ASSERT_TRUE(result.overload);
    EXPECT_NEAR(result.overload->peak, 200, 10);
    EXPECT_NEAR(result.overload->ratio, 1, 0.06);
    ASSERT_TRUE(result.overload->recovery);
    EXPECT_LE(*result.overload->recovery, seconds(1));
    ASSERT_EQ(result.phases.size(), 4U);
    EXPECT_NEAR(result.phases[2].phase.from, 600, 30);
}

TEST_F(LoadRun, ItsResultIsJsonThatAddsUp) {
    const auto result = run(steady(100, seconds(2)));
    const auto judged = judge(*parse_objectives("p99=50ms,errors=0%"), result.total());
    const auto document = json::parse(json_of(RunFacts(), result, judged));
    ASSERT_TRUE(document);
    const auto* total = document->find("total");
    EXPECT_EQ(total->find("arrivals")->as_int64(), 200);
    EXPECT_EQ(total->find("outcomes")->find("acknowledged")->as_int64(), 200);
    EXPECT_EQ(total->find("latency_us")->find("p99")->as_int64(), 1'000);
    EXPECT_EQ(document->find("timeline")->items().size(), 2U);
    EXPECT_EQ(document->find("slo")->items()[0].find("met")->boolean(), true);
    EXPECT_THAT(text_of(RunFacts(), result, judged), HasSubstr("SLO p99=50ms"));
    EXPECT_THAT(line_of(moments_.front()), HasSubstr("100/s offered, 100/s acknowledged"));
}

}  // namespace
}  // namespace waybill::load
