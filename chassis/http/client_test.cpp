#include "chassis/http/client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "chassis/http/raw_peer_testing.hpp"
#include "chassis/http/test_server.hpp"
#include "chassis/runtime/async.hpp"
#include "chassis/telemetry/pipeline.hpp"

namespace waybill::http {
namespace {

struct Got {
    std::uint16_t status = 0;
    Origin origin = Origin::upstream;
    std::string body;
    std::string header;
};

Task<Got> send(Client& client, Env& env, Request request, Duration limit) {
    const Deadline deadline = Deadline::after(env.monotonic(), limit);
    Response response = co_await client.handle(std::move(request), deadline);
    Got got{response.status, response.origin, {}, {}};
    got.header = std::string(response.headers.get("x").value_or(""));
    auto body = co_await read_all(response.body, 100'000'000, deadline);
    got.body = body ? std::move(*body) : "broken: " + body.error().detail;
    co_return got;
}

/// An upstream that this test plays by hand.
class ClientTest : public testing::Test {
 protected:
    ClientTest() : env_(RealEnv::start(1)), acceptor_(context_) {
        acceptor_.open(RawPeer::Tcp::v4());
        acceptor_.bind({boost::asio::ip::address_v4::loopback(), 0});
        acceptor_.listen();
    }
    ~ClientTest() override {
        client_.reset();
        env_->stop();
    }

    Client& client(ClientLimits client_limits = {}) {
        if (!client_) {
            ClientOptions options{.host = "127.0.0.1",
                                  .port = acceptor_.local_endpoint().port(),
                                  .limits = client_limits};
            client_ = std::make_unique<Client>(*env_, options);
        }
        return *client_;
    }
    std::future<Got> start(Request request, Duration limit = std::chrono::seconds(30)) {
        return boost::asio::co_spawn(env_->loop(0).executor(),
                                     send(client(), *env_, std::move(request), limit),
                                     boost::asio::use_future);
    }
    RawPeer accept() { return RawPeer::accept(acceptor_); }

    boost::asio::io_context context_;
    std::unique_ptr<RealEnv> env_;
    RawPeer::Tcp::acceptor acceptor_;
    std::unique_ptr<Client> client_;
};

Request get(std::string path) {
    Request request;
    request.path = std::move(path);
    return request;
}

Request post(std::string body) {
    Request request;
    request.method = "POST";
    request.body = std::move(body);
    return request;
}

const std::string ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

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
    auto first = start(get("/1"));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    ASSERT_TRUE(upstream.send(ok_answer));
    first.get();
    auto second = start(get("/2"));
    upstream.read_until("\r\n\r\n");
    upstream.close();
    RawPeer anew = accept();
    EXPECT_TRUE(anew.read_until("\r\n\r\n").starts_with("GET /2 "));
    ASSERT_TRUE(anew.send(ok_answer));
    EXPECT_EQ(second.get().status, 200);
}

TEST_F(ClientTest, NeverSendsAPostTwice) {
    auto first = start(get("/1"));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    ASSERT_TRUE(upstream.send(ok_answer));
    first.get();
    auto second = start(post("once"));
    upstream.read_until("once");
    upstream.close();
    EXPECT_EQ(second.get().origin, Origin::protocol_error);
}

TEST_F(ClientTest, DoesNotUseAKeptConnectionThatTheServerHasClosed) {
    auto first = start(get("/1"));
    {
        RawPeer upstream = accept();
        upstream.read_until("\r\n\r\n");
        ASSERT_TRUE(upstream.send(ok_answer));
        first.get();
    }
    auto second = start(post("x"));
    RawPeer anew = accept();
    anew.read_until("x");
    ASSERT_TRUE(anew.send(ok_answer));
    EXPECT_EQ(second.get().status, 200);
}

TEST_F(ClientTest, DoesNotKeepAConnectionThatSaysMoreThanItsAnswer) {
    auto first = start(get("/1"));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    ASSERT_TRUE(upstream.send(ok_answer + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"));
    EXPECT_EQ(first.get().body, "ok");
    EXPECT_EQ(upstream.read_to_end(), "");
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

TEST_F(ClientTest, ClosesAConnectionThatNobodyUses) {
    client({.idle_time = std::chrono::milliseconds(30)});
    auto answer = start(get("/"));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    ASSERT_TRUE(upstream.send(ok_answer));
    answer.get();
    EXPECT_EQ(upstream.read_to_end(), "");
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
    auto answer = start(get("/"));
    RawPeer upstream = accept();
    upstream.read_until("\r\n\r\n");
    ASSERT_TRUE(upstream.send(ok_answer));
    answer.get();
    std::promise<void> gate;
    env_->loop(0).post([open = gate.get_future()]() mutable { open.wait(); });
    auto opener = std::async(std::launch::async, [&gate] { gate.set_value(); });
    client_.reset();
    EXPECT_NE(pipeline.metrics("").text.find("http_client_connection_duration_seconds_count"),
              std::string::npos);
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
