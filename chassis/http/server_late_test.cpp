#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "chassis/http/test_server.hpp"
#include "chassis/telemetry/pipeline.hpp"

namespace waybill::http {
namespace {

constexpr Duration a_while = std::chrono::milliseconds(80);

/// A server whose loop is held up by `GET /hold` until release().
class LateServer {
 public:
    LateServer()
        : server_([this](Request request, Deadline) { return handle(request.path); }, soon_late(),
                  1, pipeline_.service("gateway")) {}

    /// Sends `GET /hold` and returns once it holds the loop.
    RawPeer hold() {
        RawPeer peer = server_.connect();
        peer.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
        held_.get_future().wait();
        return peer;
    }
    /// Lets the loop go on, after it has been held up for a while.
    void release() { released_.set_value(); }
    RawPeer ask() {
        RawPeer peer = server_.connect();
        peer.send("GET /asked HTTP/1.1\r\nHost: a\r\n\r\n");
        return peer;
    }
    int asked() const { return asked_; }
    /// What `GET /metrics` says of requests that were dropped.
    std::string dropped() {
        const std::string text = pipeline_.metrics("").text;
        const auto at = text.find("waybill_http_server_abandoned_total{");
        const auto value = text.find("} ", at);
        return at == std::string::npos ? ""
                                       : text.substr(value + 2, text.find('\n', at) - value - 2);
    }

 private:
    static ServerLimits soon_late() {
        ServerLimits limits;
        limits.late_time = a_while / 2;
        return limits;
    }
    Task<Response> handle(std::string path) {
        if (path == "/hold") {
            const MonoTime began = server_.env().monotonic();
            held_.set_value();
            released_.get_future().wait();
            while (server_.env().monotonic() < began + a_while) std::this_thread::yield();
        } else {
            ++asked_;
        }
        co_return Response{};
    }
    std::unique_ptr<RealEnv> telemetry_env_ = RealEnv::start(1);
    telemetry::Pipeline pipeline_{*telemetry_env_,
                                  {.identity = {}, .process_metrics = false, .log_fd = -1}};
    std::promise<void> held_;
    std::promise<void> released_;
    std::atomic<int> asked_{0};
    TestServer server_;
};

/// What the next test is about shows only if the loop goes on without another long pause.
constexpr int tries = 50;

TEST(LateServer, DoesNotWorkForClientsThatHaveGone) {
    bool seen = false;
    for (int i = 0; i < tries && !seen; ++i) {
        LateServer late;
        RawPeer holder = late.hold();
        late.ask().close();
        RawPeer patient = late.ask();
        late.release();
        EXPECT_TRUE(patient.read_response().starts_with("HTTP/1.1 200 "));
        seen = late.asked() == 1 && late.dropped() == "1";
    }
    EXPECT_TRUE(seen);
}

TEST(LateServer, TakesEveryClientThatWaitsToBeAccepted) {
    LateServer late;
    RawPeer holder = late.hold();
    std::vector<RawPeer> peers;
    for (int i = 0; i < 100; ++i) peers.push_back(late.ask());
    late.release();
    for (RawPeer& peer : peers) EXPECT_TRUE(peer.read_response().starts_with("HTTP/1.1 200 "));
}

TEST(Server, AnswersAClientThatHasOnlyClosedItsSideWhileThereIsTime) {
    TestServer server([](Request, Deadline) -> Task<Response> { co_return Response{}; });
    RawPeer peer = server.connect();
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    peer.shut_down_sending();
    EXPECT_TRUE(peer.read_to_end().starts_with("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace waybill::http
