#include "services/gateway/gateway_testing.hpp"

namespace waybill::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Answer;

class LimitsTest : public testing::GatewayTest {
 protected:
    LimitsTest() { options_.rate = {.count = 2, .window = seconds(1), .burst = 3}; }
    Answer read(const std::string& subject) {
        return send(authorised("GET", "/v1/orders", {}, {{"sub", '"' + subject + '"'}}));
    }
    Answer open(const std::string& address, std::string path = "/open") {
        auto asked = request("GET", std::move(path));
        asked.peer_address = address;
        return send(std::move(asked));
    }
};

TEST_F(LimitsTest, RefusesASubjectBeyondItsBurstWithWholeSecondsToWait) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(read("one").status, 200);
    const Answer refused = read("one");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.problem(), "rate-limited");
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_EQ(refused.header("RateLimit-Policy"), R"("default";q=2;w=1;burst=3)");
    EXPECT_TRUE(refused.header("RateLimit").starts_with(R"("default";r=0;t=)"));
    EXPECT_EQ(upstream_.requests.size(), 3U);
    EXPECT_EQ(read("other").status, 200);
}

TEST_F(LimitsTest, TellsWhatIsLeftOnEveryAnswer) {
    options_.rate = {.count = 1000, .window = seconds(1), .burst = 1000};
    const Answer answer = read("one");
    EXPECT_EQ(answer.header("RateLimit-Policy"), R"("default";q=1000;w=1)");
    EXPECT_EQ(answer.header("RateLimit"), R"("default";r=999;t=1)");
}

TEST_F(LimitsTest, TellsWhatIsLeftOnRefusalsToo) {
    EXPECT_EQ(send(request("GET", "/v1/orders")).header("RateLimit"), R"("default";r=2;t=1)");
    const Answer forbidden = send(authorised("POST", "/v1/orders/1/ship"));
    EXPECT_EQ(forbidden.status, 403);
    EXPECT_EQ(forbidden.header("RateLimit"), R"("default";r=2;t=1)");
}

TEST_F(LimitsTest, AdmitsAgainWhenTheTimeNamedHasPassed) {
    for (int i = 0; i < 4; ++i) read("one");
    env_->run_for(seconds(1));
    EXPECT_EQ(read("one").status, 200);
}

TEST_F(LimitsTest, CountsPublicRoutesByTheClientsAddress) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(open("192.0.2.1").status, 200);
    EXPECT_EQ(open("192.0.2.1").status, 429);
    EXPECT_EQ(open("192.0.2.2").status, 200);
}

TEST_F(LimitsTest, CountsAnIpv6NetworkAsOneClient) {
    for (const char* address : {"2001:db8::1", "2001:db8::2", "2001:db8::3"})
        EXPECT_EQ(open(address).status, 200);
    EXPECT_EQ(open("2001:db8::4").status, 429);
    EXPECT_EQ(open("2001:db8:0:1::1").status, 200);
}

TEST_F(LimitsTest, BelievesTheAddressOfATrustedProxyAlone) {
    options_.trusted_proxies = {"10.0.0.0/8"};
    const auto by_proxy = [&](const std::string& peer, const std::string& chain) {
        auto asked = request("GET", "/open", {{"X-Forwarded-For", chain}});
        asked.peer_address = peer;
        return send(std::move(asked)).status;
    };
    for (int i = 0; i < 3; ++i) EXPECT_EQ(by_proxy("10.1.1.1", "198.51.100.1"), 200);
    EXPECT_EQ(by_proxy("10.1.1.1", "203.0.113.5, 198.51.100.1"), 429) << "the client forged a hop";
    EXPECT_EQ(by_proxy("10.1.1.1", "198.51.100.2"), 200);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(by_proxy("192.0.2.9", "203.0.113." + std::to_string(i)), 200);
    EXPECT_EQ(by_proxy("192.0.2.9", "203.0.113.77"), 429);
}

TEST_F(LimitsTest, ChargesGuessesOfTokensToTheirAddress) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(send(request("GET", "/v1/orders")).status, 401);
    EXPECT_EQ(send(request("GET", "/v1/orders")).status, 429);
    EXPECT_EQ(read("one").status, 200) << "a known subject is not the address";
}

TEST_F(LimitsTest, NeverLimitsHealth) {
    auto health = route("GET", "/health/live", "public");
    health.importance = resilience::Importance::health;
    routes_.push_back(health);
    for (int i = 0; i < 20; ++i) {
        const Answer answer = open("192.0.2.1", "/health/live");
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.header("RateLimit"), "");
    }
}

TEST_F(LimitsTest, HoldsARoutesOwnLimitBesideTheCommonOne) {
    options_.rate = {.count = 1000, .window = seconds(1), .burst = 1000};
    route_at("/v1/orders/{id}").rate =
        resilience::Rate{.count = 1, .window = seconds(60), .burst = 1};
    const auto one = [&] { return send(authorised("GET", "/v1/orders/1")); };
    const Answer first = one();
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(first.header("RateLimit-Policy"), R"("route";q=1;w=60, "default";q=1000;w=1)");
    EXPECT_EQ(first.header("RateLimit"), R"("route";r=0;t=60, "default";r=999;t=1)");
    const Answer refused = one();
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.header("Retry-After"), "60");
    EXPECT_EQ(send(authorised("GET", "/v1/orders")).status, 200);
}

TEST_F(LimitsTest, RefusesWhatFindsNoSlotAndNoPlaceInTheQueue) {
    options_.rate = {};
    options_.concurrency = {.running_max = 1, .waiting_max = 1, .age_max = seconds(1)};
    upstream_.takes = milliseconds(500);
    const auto first = begin(authorised("GET", "/v1/orders"));
    const auto second = begin(authorised("GET", "/v1/orders"));
    const auto third = begin(authorised("GET", "/v1/orders"));
    const auto elsewhere = begin(request("GET", "/open"));
    env_->run_for(options_.refusal_pause - milliseconds(1));
    EXPECT_FALSE(*third) << "a refusal is kept back for a moment";
    env_->run_for(milliseconds(2));
    ASSERT_TRUE(*third);
    EXPECT_EQ((*third)->status, 503);
    EXPECT_EQ((*third)->problem(), "overloaded");
    EXPECT_EQ((*third)->header("Retry-After"), "1");
    env_->run_for(seconds(2));
    EXPECT_EQ((*first)->status, 200);
    EXPECT_EQ((*second)->status, 200);
    EXPECT_EQ((*elsewhere)->status, 200) << "another route has slots of its own";
    EXPECT_EQ(upstream_.requests.size(), 3U);
}

TEST_F(LimitsTest, KeepsARefusalBackForHalfOfTheTimeThatIsLeft) {
    options_.rate = {};
    options_.concurrency = {.running_max = 1, .waiting_max = 0};
    upstream_.takes = seconds(1);
    const auto first = begin(authorised("GET", "/v1/orders"));
    auto hurried = authorised("GET", "/v1/orders");
    hurried.headers.set("Request-Timeout", "0.2");
    const auto second = begin(std::move(hurried));
    env_->run_for(milliseconds(99));
    EXPECT_FALSE(*second);
    env_->run_for(milliseconds(2));
    ASSERT_TRUE(*second);
    EXPECT_EQ((*second)->status, 503);
    env_->run_for(seconds(2));
}

TEST_F(LimitsTest, LetsWhoWaitsHoldNoSlotThatOthersWorkIn) {
    options_.rate = {};
    options_.concurrency = {.running_max = 1, .waiting_max = 0};
    options_.waiters_max = 1;
    upstream_.takes = seconds(2);
    const auto waiter = begin(request("GET", "/open", {{"Prefer", "wait=5"}}));
    const auto worker = begin(request("GET", "/open"));
    env_->run_for(seconds(3));
    EXPECT_EQ((*waiter)->status, 200);
    EXPECT_EQ((*worker)->status, 200);
}

TEST_F(LimitsTest, AnswersAtOnceWhenTooManyWaitAlready) {
    options_.rate = {};
    options_.waiters_max = 0;
    send(request("GET", "/open", {{"Prefer", "wait=5"}}));
    EXPECT_EQ(forwarded("Prefer"), "");
}

/// An Env on whose loop work takes time: what runs on it delays what waits.
class BusyEnv final : public Env {
 public:
    explicit BusyEnv(Env& env) : env_(env) {}
    Timestamp now() override { return env_.now(); }
    MonoTime monotonic() override { return env_.monotonic() + busy; }
    std::uint64_t random() override { return env_.random(); }
    void fill_secret(std::span<std::byte> out) override { env_.fill_secret(out); }
    std::size_t loop_count() override { return env_.loop_count(); }
    Loop& loop(std::size_t index) override { return env_.loop(index); }
    Loop& current_loop() override { return env_.current_loop(); }
    std::unique_ptr<Worker> start_worker(std::string name, std::function<void()> step) override {
        return env_.start_worker(std::move(name), std::move(step));
    }
    Duration busy{};

 private:
    Env& env_;
};

TEST_F(LimitsTest, AClientThatAsksAgainAtOnceIsNotAnsweredMoreThanTenTimesASecond) {
    options_.rate = {};
    upstream_.script = [](const http::Request&) {
        http::Response response;
        response.status = 503;
        return response;
    };
    const MonoTime begun = env_->monotonic();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(send(authorised("GET", "/v1/orders")).status, 503);
    EXPECT_GE(env_->monotonic() - begun, seconds(2));
}

TEST_F(LimitsTest, KeepsNoMoreRefusalsBackThanItMay) {
    options_.rate = {};
    options_.paused_refusals_max = 1;
    upstream_.script = [](const http::Request&) {
        http::Response response;
        response.status = 503;
        return response;
    };
    const auto kept_back = begin(authorised("GET", "/v1/orders"));
    env_->run_for(milliseconds(1));
    const auto at_once = begin(authorised("GET", "/v1/orders"));
    env_->run_for(milliseconds(1));
    EXPECT_FALSE(*kept_back);
    ASSERT_TRUE(*at_once);
    EXPECT_EQ((*at_once)->status, 503);
    env_->run_for(seconds(1));
    EXPECT_TRUE(*kept_back);
}

class SheddingTest : public testing::GatewayTest {
 protected:
    SheddingTest() {
        using resilience::Importance;
        options_.refusal_pause = Duration::zero();  // it would give the loop time to recover
        routes_.clear();
        const auto add = [&](std::string path, Importance importance) {
            auto added = route("GET", std::move(path), "public");
            added.importance = importance;
            routes_.push_back(added);
        };
        add("/list", Importance::list);
        add("/cancel", Importance::move);
        add("/health/live", Importance::health);
        upstream_.script = [this](const http::Request&) {
            busy_.busy += blocks_;
            return http::Response{};
        };
    }
    /// How many of a hundred are refused.
    int refused(const std::string& path) {
        int count = 0;
        for (int i = 0; i < 100; ++i)
            if (send(*gateway_, request("GET", path)).problem() == "overloaded") ++count;
        return count;
    }

    Duration blocks_{};  // of the loop by every request that gets through
    BusyEnv busy_{*env_};
    std::unique_ptr<Gateway> gateway_;
};

TEST_F(SheddingTest, RefusesTheLeastImportantFirstWhenTheLoopIsBehindAndRecovers) {
    gateway_ = std::make_unique<Gateway>(options_, busy_, telemetry::nowhere(), authenticator(),
                                         routes_, Gateway::Upstreams{{"orders", &upstream_}});
    EXPECT_EQ(refused("/list"), 0);
    blocks_ = milliseconds(250);
    EXPECT_GT(refused("/list"), 30);
    EXPECT_EQ(refused("/health/live"), 0);
    EXPECT_LT(refused("/cancel"), refused("/list"));
    blocks_ = milliseconds(0);
    env_->run_for(seconds(10));
    refused("/list");
    EXPECT_EQ(refused("/list"), 0);
}

}  // namespace
}  // namespace waybill::gateway
