#include "services/gateway/http_upstream.hpp"

#include "services/gateway/gateway_testing.hpp"

namespace waybill::gateway {
namespace {

using http::Origin;
using resilience::Breaker;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Answer;

http::Response from(Origin origin, std::uint16_t status, const char* retry_after = nullptr) {
    http::Response response;
    response.origin = origin;
    response.status = status;
    if (retry_after) response.headers.add("Retry-After", retry_after);
    return response;
}

/// An HttpUpstream over a scripted transport in virtual time.
class HttpUpstreamTest : public testing::GatewayTest {
 protected:
    HttpUpstreamTest() {
        upstream_options_.host = "orders.internal";
        upstream_options_.port = 8081;
        upstream_options_.budget.reserve = 100;
    }
    HttpUpstream& target() {
        if (!target_)
            target_ = std::make_unique<HttpUpstream>(upstream_options_, *env_, telemetry::nowhere(),
                                                     upstream_);
        return *target_;
    }
    Answer call(http::Request asked) { return send(target(), std::move(asked)); }
    Answer get() { return call(request("GET", "/v1/orders")); }
    void answers(Origin origin, std::uint16_t status, const char* retry_after = nullptr) {
        upstream_.script = [=](const http::Request&) { return from(origin, status, retry_after); };
    }
    std::size_t attempts() const { return upstream_.requests.size(); }

    HttpUpstream::Options upstream_options_;
    std::unique_ptr<HttpUpstream> target_;
};

TEST_F(HttpUpstreamTest, SaysWhyThereIsNoAnswer) {
    upstream_options_.retry.retries_max = 0;
    const std::vector<std::tuple<Origin, std::uint16_t, std::string>> cases{
        {Origin::connect_failed, 502, "bad-gateway"},
        {Origin::protocol_error, 502, "bad-gateway"},
        {Origin::timed_out, 504, "gateway-timeout"}};
    for (const auto& [origin, status, slug] : cases) {
        answers(origin, status);
        const Answer answer = get();
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.problem(), slug);
    }
}

TEST_F(HttpUpstreamTest, NeverRepeatsWhatIsNeitherIdempotentNorKeyed) {
    answers(Origin::connect_failed, 502);
    for (const char* method : {"POST", "PATCH"}) call(request(method, "/v1/orders"));
    EXPECT_EQ(attempts(), 2U);
}

TEST_F(HttpUpstreamTest, RepeatsWhatIsIdempotentOrKeyedTwiceAtMost) {
    upstream_options_.breaker.connect_failures_max = 1000;
    upstream_options_.breaker.calls_min = 1000;
    answers(Origin::connect_failed, 502);
    for (const char* method : {"GET", "HEAD", "PUT", "DELETE"}) {
        upstream_.requests.clear();
        EXPECT_EQ(call(request(method, "/v1/orders")).status, 502);
        EXPECT_EQ(attempts(), 3U) << method;
    }
    upstream_.requests.clear();
    upstream_.bodies.clear();
    auto keyed = request("POST", "/v1/orders", {{"Idempotency-Key", "k"}});
    keyed.body = std::string("{}");
    call(std::move(keyed));
    EXPECT_EQ(upstream_.bodies, (std::vector<std::string>{"{}", "{}", "{}"}));
}

TEST_F(HttpUpstreamTest, PausesWithFullJitterBetweenAttempts) {
    answers(Origin::connect_failed, 502);
    get();
    ASSERT_EQ(upstream_.times.size(), 3U);
    EXPECT_LE(upstream_.times[1] - upstream_.times[0], Duration(milliseconds(50)));
    EXPECT_LE(upstream_.times[2] - upstream_.times[1], Duration(milliseconds(100)));
    EXPECT_GT(upstream_.times[2], upstream_.times[0]);
}

TEST_F(HttpUpstreamTest, StopsRepeatingWithTheFirstGoodAnswer) {
    upstream_.script = [this](const http::Request&) {
        return attempts() == 0 ? from(Origin::upstream, 503) : from(Origin::upstream, 200);
    };
    EXPECT_EQ(get().status, 200);
    EXPECT_EQ(attempts(), 2U);
}

TEST_F(HttpUpstreamTest, NeitherCountsNorRepeatsAnAnswerThatAsksToStayAway) {
    for (const auto& [status, retry_after] :
         {std::pair<std::uint16_t, const char*>{429, "3"}, {429, nullptr}, {503, "3"}}) {
        answers(Origin::upstream, status, retry_after);
        upstream_.requests.clear();
        for (int i = 0; i < 30; ++i) EXPECT_EQ(get().status, status);
        EXPECT_EQ(attempts(), 30U);
        EXPECT_EQ(target().state(), Breaker::State::closed);
    }
}

TEST_F(HttpUpstreamTest, LeavesAnswersAboutTheRequestAlone) {
    for (const std::uint16_t status : std::initializer_list<std::uint16_t>{400, 404, 409, 500}) {
        answers(Origin::upstream, status);
        upstream_.requests.clear();
        for (int i = 0; i < 30; ++i) EXPECT_EQ(get().status, status);
        EXPECT_EQ(attempts(), 30U);
    }
    EXPECT_EQ(target().state(), Breaker::State::closed);
}

TEST_F(HttpUpstreamTest, DoesNotRepeatBeyondItsBudget) {
    upstream_options_.budget = {.percent = 10, .reserve = 1};
    upstream_options_.breaker.calls_min = 10'000;
    answers(Origin::upstream, 502);
    for (int i = 0; i < 100; ++i) get();
    EXPECT_LE(attempts(), 100U + 1U + 10U);
    EXPECT_GE(attempts(), 105U);
}

TEST_F(HttpUpstreamTest, DoesNotRepeatWhenNoTimeIsLeft) {
    answers(Origin::timed_out, 504);
    get();
    EXPECT_EQ(attempts(), 1U);
}

TEST_F(HttpUpstreamTest, OpensTheCircuitAfterFiveConnectFailuresAndAnswersAtOnce) {
    upstream_options_.retry.retries_max = 0;
    answers(Origin::connect_failed, 502);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(get().status, 502);
    EXPECT_EQ(target().state(), Breaker::State::open);
    const Answer refused = get();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.problem(), "unavailable");
    const int wait = std::stoi(refused.header("Retry-After"));
    EXPECT_GE(wait, 4);
    EXPECT_LE(wait, 6);
    EXPECT_EQ(attempts(), 5U);
}

TEST_F(HttpUpstreamTest, OpensTheCircuitWhenHalfOfTwentyCallsFail) {
    upstream_options_.retry.retries_max = 0;
    for (const auto& [origin, status] : {std::pair<Origin, std::uint16_t>{Origin::timed_out, 504},
                                         {Origin::upstream, 502},
                                         {Origin::upstream, 504}}) {
        target_.reset();
        answers(Origin::upstream, 200);
        for (int i = 0; i < 10; ++i) get();
        answers(origin, status);
        for (int i = 0; i < 10; ++i) get();
        EXPECT_EQ(target().state(), Breaker::State::open);
    }
}

TEST_F(HttpUpstreamTest, ClosesTheCircuitWhenThreeProbesSucceed) {
    upstream_options_.retry.retries_max = 0;
    answers(Origin::connect_failed, 502);
    for (int i = 0; i < 5; ++i) get();
    env_->run_for(seconds(7));
    answers(Origin::upstream, 200);
    EXPECT_EQ(get().status, 200);
    EXPECT_EQ(target().state(), Breaker::State::half_open);
    get();
    get();
    EXPECT_EQ(target().state(), Breaker::State::closed);
}

TEST_F(HttpUpstreamTest, RefusesMoreCallsAtOnceThanItMayMake) {
    upstream_options_.concurrency = {.running_max = 1, .waiting_max = 0};
    upstream_.takes = milliseconds(100);
    const auto first = begin(target(), request("GET", "/a"));
    const auto second = begin(target(), request("GET", "/b"));
    env_->run_for(seconds(1));
    EXPECT_EQ((*first)->status, 200);
    EXPECT_EQ((*second)->status, 503);
    EXPECT_EQ((*second)->problem(), "overloaded");
    EXPECT_EQ(get().status, 200) << "the slot came back";
}

/// Tells when it is given up.
class EndlessBody final : public http::BodySource {
 public:
    explicit EndlessBody(bool& cancelled) : cancelled_(cancelled) {}
    Task<Result<std::string_view>> next(Deadline) override { co_return std::string_view("x"); }
    void cancel() override { cancelled_ = true; }

 private:
    bool& cancelled_;
};

TEST_F(HttpUpstreamTest, TellsTheSourceOfABodyThatItsReaderHasGone) {
    bool cancelled = false;
    upstream_.script = [&](const http::Request&) {
        http::Response response;
        response.body = http::Body(std::make_unique<EndlessBody>(cancelled));
        return response;
    };
    Gateway door(options_, *env_, telemetry::nowhere(), authenticator(), routes_,
                 Gateway::Upstreams{{"orders", &target()}});
    http::Response answer;
    boost::asio::co_spawn(
        env_->loop(0).executor(), door.handle(request("GET", "/open"), Deadline{}),
        [&](std::exception_ptr, http::Response response) { answer = std::move(response); });
    env_->run_for(seconds(1));
    ASSERT_TRUE(answer.body.streamed());
    answer.body.source().cancel();
    EXPECT_TRUE(cancelled);
    answer = {};
}

TEST_F(HttpUpstreamTest, PassesTheTimeThatIsLeftAndTheTargetsOwnName) {
    get();
    EXPECT_EQ(forwarded("Host"), "orders.internal:8081");
    EXPECT_EQ(forwarded("Request-Timeout"), "60.000");
}

TEST_F(HttpUpstreamTest, TellsTheGatewayWhatWasNeverSent) {
    upstream_options_.retry.retries_max = 0;
    answers(Origin::connect_failed, 502);
    for (int i = 0; i < 5; ++i) get();
    Origin origin{};
    boost::asio::co_spawn(
        env_->loop(0).executor(),
        target().handle(request("GET", "/a"), Deadline::after(env_->monotonic(), seconds(1))),
        [&](std::exception_ptr, http::Response response) { origin = response.origin; });
    env_->run_for(seconds(1));
    EXPECT_EQ(origin, Origin::circuit_open);
}

}  // namespace
}  // namespace waybill::gateway
