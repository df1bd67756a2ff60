#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "chassis/http/client_testing.hpp"

namespace waybill::http {
namespace {

using namespace client_testing;

TEST_F(ClientTest, TellsAConnectionThatFailsFromAnAnswer) {
    client();
    acceptor_.close();
    const Got got = start(get("/")).get();
    EXPECT_EQ(got.status, 502);
    EXPECT_EQ(got.origin, Origin::connect_failed);
}

TEST_F(ClientTest, GivesUpAtTheDeadline) {
    auto answer = start(get("/"), std::chrono::milliseconds(50));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    const Got got = answer.get();
    EXPECT_EQ(got.status, 504);
    EXPECT_EQ(got.origin, Origin::timed_out);
    EXPECT_EQ(upstream.read_to_end(), "");
}

TEST_F(ClientTest, RefusesAnAnswerThatIsNotStrictHttp) {
    for (const std::string& text :
         {std::string("SSH-2.0-x\r\n\r\n"), std::string("HTTP/1.1 200 OK\nX: y\n\n"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"),
          std::string("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
          "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x')}) {
        auto answer = start(get("/"));
        RawPeer upstream = accept();
        upstream.read_until("\r\n\r\n");
        upstream.send(text);
        const Got got = answer.get();
        EXPECT_EQ(got.status, 502) << text.substr(0, 80);
        EXPECT_EQ(got.origin, Origin::protocol_error) << text.substr(0, 80);
        EXPECT_EQ(client().open_connections(), 0U);
    }
}

TEST_F(ClientTest, NeverSendsAMessageThatAFieldWouldSplit) {
    Request request = get("/");
    request.headers.add("X", "a\r\nY: b");
    EXPECT_EQ(start(std::move(request)).get().origin, Origin::protocol_error);
    EXPECT_EQ(start(get("/a b")).get().origin, Origin::protocol_error);
}

TEST_F(ClientTest, BoundsItsConnectionsAndTheQueueForThem) {
    client({.connections = 1, .waiting = 1});
    auto first = start(get("/1"));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    auto second = start(get("/2"));
    const Got third = start(get("/3")).get();
    EXPECT_EQ(third.status, 503);
    EXPECT_EQ(third.origin, Origin::overloaded);
    ASSERT_TRUE(upstream.send(ok_answer));
    EXPECT_EQ(first.get().status, 200);
    EXPECT_TRUE(upstream.read_until("\r\n\r\n").starts_with("GET /2 "));
    ASSERT_TRUE(upstream.send(ok_answer));
    EXPECT_EQ(second.get().status, 200);
}

TEST_F(ClientTest, ReadsChunkedAndUnboundedBodies) {
    auto first = start(get("/"));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    ASSERT_TRUE(
        upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"));
    ASSERT_TRUE(upstream.send("6\r\n world\r\n0\r\n\r\n"));
    EXPECT_EQ(first.get().body, "hello world");
    auto second = start(get("/"));
    upstream.read_until("\r\n\r\n");
    ASSERT_TRUE(upstream.send("HTTP/1.1 200 OK\r\n\r\nto the end"));
    upstream.close();
    EXPECT_EQ(second.get().body, "to the end");
}

TEST_F(ClientTest, NoticesABodyThatBreaksOff) {
    for (const std::string& text :
         {std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\nab"),
          std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
          std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcdef")}) {
        auto answer = start(get("/"));
        RawPeer upstream = accept();
        upstream.read_until("\r\n\r\n");
        ASSERT_TRUE(upstream.send(text));
        upstream.close();
        const Got got = answer.get();
        EXPECT_TRUE(got.status == 502 || got.body.starts_with("broken: ")) << text << got.body;
    }
}

/// Gives `total` bytes in pieces.
class Pieces final : public BodySource {
 public:
    explicit Pieces(std::size_t total) : left_(total), piece_(10'000, 'x') {}
    Task<Result<std::string_view>> next(Deadline) override {
        const std::size_t size = std::min(left_, piece_.size());
        left_ -= size;
        co_return std::string_view(piece_).substr(0, size);
    }

 private:
    std::size_t left_;
    std::string piece_;
};

TEST_F(ClientTest, StreamsABodyToTheServerAndBack) {
    Request request = post("");
    request.body = Body(std::make_unique<Pieces>(25'000));
    auto answer = start(std::move(request));
    RawPeer upstream = accept();
    EXPECT_NE(upstream.read_until("\r\n\r\n").find("Transfer-Encoding: chunked"),
              std::string::npos);
    EXPECT_EQ(upstream.read_until("0\r\n\r\n").size(), 25'000U + 3 * 8 + 5);
    std::string body(1'000'000, 'y');
    ASSERT_TRUE(upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"));
    ASSERT_TRUE(upstream.send(body));
    EXPECT_EQ(answer.get().body, body);
    EXPECT_EQ(client().open_connections(), 1U);
}

TEST_F(ClientTest, StopsSendingWhenTheAnswerComesEarly) {
    Request request = post("");
    request.body = Body(std::make_unique<Pieces>(1'000'000'000), 1'000'000'000);
    auto answer = start(std::move(request));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    ASSERT_TRUE(upstream.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno"));
    EXPECT_EQ(answer.get().status, 413);
    EXPECT_EQ(client().open_connections(), 0U);
}

TEST_F(ClientTest, ReadsAShortBodyBehindALargeHead) {
    auto answer = start(get("/"));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    const std::string body(16 * 1024, 'b');
    upstream.send("HTTP/1.1 200 OK\r\nX: " + std::string(30'000, 'h') +
                  "\r\nContent-Length: 16384\r\n\r\n" + body.substr(0, 2000));
    upstream.send(body.substr(2000));
    const Got got = answer.get();
    EXPECT_EQ(got.header.size(), 30'000U);
    EXPECT_EQ(got.body, body);
}

Task<bool> send_twice(Client& client, Env& env, Request request) {
    const Deadline deadline = Deadline::after(env.monotonic(), std::chrono::seconds(30));
    const Response first = co_await client.send(request, deadline);
    const Response second = co_await client.send(request, deadline);
    co_return first.status == 200 && second.status == 200;
}

TEST_F(ClientTest, LeavesARequestFitToBeSentAgain) {
    Request request = post("{}");
    request.path = "/a";
    request.query = "b=c";
    request.headers.add("X", "y");
    auto answer = boost::asio::co_spawn(env_->loop(0).executor(),
                                        send_twice(client(), *env_, std::move(request)),
                                        boost::asio::use_future);
    RawPeer upstream = accept();
    const std::string first = upstream.read_until("{}");
    upstream.send(ok_answer);
    EXPECT_EQ(upstream.read_until("{}"), first);
    upstream.send(ok_answer);
    EXPECT_TRUE(answer.get());
}

TEST_F(ClientTest, TalksToTheServer) {
    TestServer server([](Request request, Deadline) -> Task<Response> {
        Response response;
        response.body = request.method + " " + request.path;
        co_return response;
    });
    Client real(server.env(), {.host = "localhost", .port = server.server().port(), .limits = {}});
    for (int i = 0; i < 50; ++i) {
        const Got got = server.run(send(real, server.env(), get("/x"), std::chrono::seconds(30)));
        ASSERT_EQ(got.body, "GET /x");
    }
    Request head = get("/x");
    head.method = "HEAD";
    EXPECT_EQ(server.run(send(real, server.env(), std::move(head), std::chrono::seconds(30))).body,
              "");
    EXPECT_EQ(real.open_connections(), 1U);
    EXPECT_EQ(server.server().counts().accepted, 1U);
}

}  // namespace
}  // namespace waybill::http
