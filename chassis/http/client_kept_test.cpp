#include <gtest/gtest.h>

#include <future>
#include <string>

#include "chassis/http/client_testing.hpp"
#include "chassis/telemetry/pipeline.hpp"

/// Connections that are kept for the next request, and what becomes of them at the end.
namespace waybill::http {
namespace {

using namespace client_testing;

TEST_F(ClientTest, SendsAndReadsOverOneKeptConnection) {
    Request request = post("hello");
    request.path = "/v1/orders";
    request.query = "a=b";
    request.headers.add("X-Y", "z");
    request.headers.add("Connection", "X-Y");
    request.headers.add("Content-Length", "999");
    auto first = start(std::move(request));
    RawPeer upstream = accept();
    const std::string head = upstream.read_until("\r\n\r\n");
    EXPECT_TRUE(head.starts_with("POST /v1/orders?a=b HTTP/1.1\r\nHost: 127.0.0.1:")) << head;
    EXPECT_NE(head.find("X-Y: z\r\nContent-Length: 5\r\n\r\n"), std::string::npos) << head;
    EXPECT_EQ(upstream.read(5), "hello");
    ASSERT_TRUE(upstream.send("HTTP/1.1 201 Created\r\nX: 1\r\nContent-Length: 2\r\n\r\nok"));
    const Got created = first.get();
    EXPECT_EQ(created.status, 201);
    EXPECT_EQ(created.body, "ok");
    EXPECT_EQ(created.header, "1");
    EXPECT_EQ(created.origin, Origin::upstream);
    auto second = start(get("/again"));
    EXPECT_TRUE(upstream.read_until("\r\n\r\n").starts_with("GET /again HTTP/1.1\r\n"));
    ASSERT_TRUE(upstream.send("HTTP/1.1 103 Early Hints\r\n\r\n" + ok_answer));
    EXPECT_EQ(second.get().body, "ok");
    EXPECT_EQ(client().open_connections(), 1U);
}

TEST_F(ClientTest, SendsAgainWhenAKeptConnectionDiesUnderAnIdempotentRequest) {
    RawPeer upstream = accept_kept();
    auto second = start(get("/2"));
    upstream.read_until("\r\n\r\n");
    upstream.close();
    RawPeer anew = accept();
    EXPECT_TRUE(anew.read_until("\r\n\r\n").starts_with("GET /2 "));
    ASSERT_TRUE(anew.send(ok_answer));
    EXPECT_EQ(second.get().status, 200);
}

TEST_F(ClientTest, NeverSendsAPostTwice) {
    RawPeer upstream = accept_kept();
    auto second = start(post("once"));
    upstream.read_until("once");
    upstream.close();
    EXPECT_EQ(second.get().origin, Origin::protocol_error);
}

TEST_F(ClientTest, DoesNotUseAKeptConnectionThatTheServerHasClosed) {
    accept_kept().close();
    auto second = start(post("x"));
    RawPeer anew = accept();
    anew.read_until("x");
    ASSERT_TRUE(anew.send(ok_answer));
    EXPECT_EQ(second.get().status, 200);
}

TEST_F(ClientTest, LooksAtAKeptConnectionWhenTheTurnToSendHasCome) {
    auto first = start(get("/1"));
    RawPeer kept = accept();
    kept.read_until("\r\n\r\n");
    auto other = start(get("/2"));
    RawPeer busy = accept();
    ASSERT_TRUE(kept.send(ok_answer));
    first.get();
    std::future<Got> second;
    std::promise<void> closed;
    // The other request is still out, so this one lets the loop have its turn before it is sent.
    env_->loop(0).post([&] {
        second = start(post("x"));
        kept.close();
        closed.set_value();
    });
    closed.get_future().wait();
    RawPeer anew = accept();
    anew.read_until("x");
    ASSERT_TRUE(anew.send(ok_answer));
    EXPECT_EQ(second.get().status, 200);
    ASSERT_TRUE(busy.send(ok_answer));
    EXPECT_EQ(other.get().status, 200);
}

TEST_F(ClientTest, NoticesAResetThatCameWithTheFirstBytesOfAnAnswer) {
    RawPeer upstream = accept_kept();
    auto second = start(post("x"));
    upstream.read_until("x");
    ASSERT_TRUE(upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
    upstream.reset();
    EXPECT_EQ(second.get().origin, Origin::protocol_error);
}

TEST_F(ClientTest, DoesNotKeepAConnectionThatSaysMoreThanItsAnswer) {
    auto first = start(get("/1"));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    ASSERT_TRUE(upstream.send(ok_answer + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"));
    EXPECT_EQ(first.get().body, "ok");
    EXPECT_EQ(upstream.read_to_end(), "");
}

TEST_F(ClientTest, ClosesAConnectionThatNobodyUses) {
    client({.idle_time = std::chrono::milliseconds(30)});
    EXPECT_EQ(accept_kept().read_to_end(), "");
}

TEST_F(ClientTest, BreaksOffWhatIsUnderWayAndTakesNoMoreOnceItIsCut) {
    client({.connections = 1, .waiting = 1});
    auto asked = start(get("/1"));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    auto waiting = start(get("/2"));
    client().cut();
    EXPECT_EQ(asked.get().origin, Origin::timed_out);
    EXPECT_EQ(waiting.get().origin, Origin::overloaded);
    EXPECT_EQ(start(get("/3")).get().origin, Origin::overloaded);
    EXPECT_EQ(upstream.read_to_end(), "");
}

TEST_F(ClientTest, HasToldItsMeterEverythingOnceItIsGone) {
    telemetry::Pipeline pipeline(*env_, {.identity = {}, .process_metrics = false, .log_fd = -1});
    const ClientOptions options{.host = "127.0.0.1",
                                .port = acceptor_.local_endpoint().port(),
                                .limits = {},
                                .meter = &pipeline.service("gateway").meter()};
    client_ = std::make_unique<Client>(*env_, options);
    const RawPeer upstream = accept_kept();
    std::promise<void> gate;
    env_->loop(0).post([open = gate.get_future()]() mutable { open.wait(); });
    auto opener = std::async(std::launch::async, [&gate] { gate.set_value(); });
    client_.reset();
    opener.get();
    const std::string text = pipeline.metrics("").text;
    const auto at = text.find("http_client_connection_duration_seconds_count{");
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(text.substr(text.find("} ", at), 3), "} 1");
}

}  // namespace
}  // namespace waybill::http
