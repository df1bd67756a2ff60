#include "chassis/http/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "chassis/http/test_server.hpp"
#include "chassis/runtime/async.hpp"

namespace waybill::http {
namespace {

Response text(std::string body, std::uint16_t status = 200) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain");
    response.body = std::move(body);
    return response;
}

/// Says what it was asked.
Task<Response> mirror(Request request, Deadline deadline) {
    auto body = co_await read_all(request.body, 1'000'000, deadline);
    if (!body) co_return text(body.error().detail, info(body.error().problem).status);
    co_return text(request.method + " " + request.path + "?" + request.query + " " + *body);
}

std::string body_of(const std::string& response) {
    return response.substr(response.find("\r\n\r\n") + 4);
}

TEST(Server, SaysThatThePortIsTaken) {
    TestServer first(mirror);
    FunctionHandler handler(mirror);
    ServerOptions options;
    options.port = first.server().port();
    const auto second = Server::start(first.env(), handler, options, telemetry::nowhere());
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().detail.find("in use"), std::string::npos) << second.error().detail;
    options.address = "shop.example";
    EXPECT_FALSE(Server::start(first.env(), handler, options, telemetry::nowhere()));
    options.address = "203.0.113.1";
    EXPECT_FALSE(Server::start(first.env(), handler, options, telemetry::nowhere()));
}

TEST(Server, AnswersManyRequestsOnOneConnection) {
    TestServer server(mirror);
    RawPeer peer = server.connect();
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(peer.send("GET /a%2E/./b?x=1 HTTP/1.1\r\nHost: a\r\n\r\n"));
        const std::string response = peer.read_response();
        EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << response;
        EXPECT_EQ(response.find("Connection:"), std::string::npos);
        EXPECT_EQ(response.find("Server:"), std::string::npos);
        EXPECT_EQ(body_of(response), "GET /a./b?x=1 ");
    }
    EXPECT_EQ(server.server().counts().accepted, 1U);
    EXPECT_EQ(server.server().counts().requests, 3U);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    TestServer server(mirror);
    RawPeer peer = server.connect();
    ASSERT_TRUE(
        peer.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                  "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
                  "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
                  "GET /4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    EXPECT_EQ(body_of(peer.read_response()), "GET /1? ");
    EXPECT_EQ(body_of(peer.read_response()), "POST /2? hi");
    EXPECT_EQ(body_of(peer.read_response()), "POST /3? abc");
    const std::string last = peer.read_to_end();
    EXPECT_EQ(body_of(last), "GET /4? ");
    EXPECT_NE(last.find("Connection: close\r\n"), std::string::npos);
}

TEST(Server, ReadsARequestThatComesByteByByte) {
    TestServer server(mirror);
    RawPeer peer = server.connect();
    const std::string request = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    for (const char c : request) ASSERT_TRUE(peer.send(std::string(1, c)));
    EXPECT_EQ(body_of(peer.read_response()), "POST /x? hello");
}

TEST(Server, SendsNoBodyToHeadNorWith204And304) {
    TestServer server([](Request request, Deadline deadline) -> Task<Response> {
        if (request.path == "/gone") return mirror(std::move(request), deadline);
        return [](std::string path) -> Task<Response> {
            Response response = text("body", path == "/204" ? 204 : 304);
            if (path == "/head") response = text("body");
            co_return response;
        }(request.path);
    });
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_NE(peer.read_until("\r\n\r\n").find("Content-Length: 4\r\n"), std::string::npos);
    ASSERT_TRUE(peer.send("GET /204 HTTP/1.1\r\nHost: a\r\n\r\n"));
    const std::string none = peer.read_until("\r\n\r\n");
    EXPECT_TRUE(none.starts_with("HTTP/1.1 204 "));
    EXPECT_EQ(none.find("Content-Length"), std::string::npos);
    ASSERT_TRUE(peer.send("GET /304 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    const std::string unmodified = peer.read_to_end();
    EXPECT_TRUE(unmodified.starts_with("HTTP/1.1 304 Not Modified\r\n"));
    EXPECT_TRUE(unmodified.ends_with("\r\n\r\n"));
}

TEST(Server, AsksForTheBodyOnlyWhenTheHandlerWantsIt) {
    TestServer server(mirror);
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
    EXPECT_EQ(peer.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    ASSERT_TRUE(peer.send("ok"));
    EXPECT_EQ(body_of(peer.read_response()), "POST /? ok");
}

Task<Response> refuse_unread(Request, Deadline) {
    co_return text("no", 403);
}

TEST(Server, ClosesInsteadOfAskingForABodyThatNobodyWants) {
    TestServer server(refuse_unread);
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
    const std::string response = peer.read_to_end();
    EXPECT_TRUE(response.starts_with("HTTP/1.1 403 ")) << response;
    EXPECT_NE(response.find("Connection: close"), std::string::npos);
}

TEST(Server, SkipsAShortBodyThatTheHandlerLeftAndGoesOn) {
    TestServer server(refuse_unread);
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n"));
    EXPECT_TRUE(peer.read_response().starts_with("HTTP/1.1 403 "));
    ASSERT_TRUE(peer.send(std::string(40000, 'x') + "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(peer.read_response().starts_with("HTTP/1.1 403 "));
}

TEST(Server, AnswersHttp10AndCloses) {
    TestServer server(mirror);
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("GET /x HTTP/1.0\r\n\r\n"));
    EXPECT_EQ(body_of(peer.read_to_end()), "GET /x? ");
}

Task<Response> throw_something(Request request, Deadline) {
    if (request.path == "/header") {
        Response response;
        response.headers.add("X", "a\r\nSet-Cookie: b");
        co_return response;
    }
    throw std::runtime_error("a bug");
}

TEST(Server, AnswersABugOfTheHandlerWith500AndGoesOn) {
    TestServer server(throw_something);
    RawPeer peer = server.connect();
    for (const std::string path : {"/", "/header", "/"}) {
        ASSERT_TRUE(peer.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"));
        const std::string response = peer.read_response();
        EXPECT_TRUE(response.starts_with("HTTP/1.1 500 ")) << response;
        EXPECT_EQ(response.find("Set-Cookie"), std::string::npos);
    }
}

TEST(Server, SpreadsConnectionsOverItsLoops) {
    TestServer server(mirror, {}, 2);
    std::vector<RawPeer> peers;
    for (int i = 0; i < 20; ++i) {
        peers.push_back(server.connect());
        ASSERT_TRUE(peers.back().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    for (RawPeer& peer : peers) EXPECT_EQ(body_of(peer.read_response()), "GET /? ");
    EXPECT_EQ(server.server().counts().open, 20U);
}

}  // namespace
}  // namespace waybill::http
