#include <gtest/gtest.h>

#include <string>

#include "chassis/http/malformed_requests.hpp"
#include "chassis/http/test_server.hpp"

namespace waybill::http {
namespace {

using std::chrono::milliseconds;

Task<Response> read_body(Request request, Deadline deadline) {
    Response response;
    auto body = co_await read_all(request.body, 10'000'000, deadline);
    if (body)
        response.body = std::move(*body);
    else
        response.status = info(body.error().problem).status;
    co_return response;
}

TEST(ServerLimits, EveryMalformedRequestIsAnsweredThenTheConnectionCloses) {
    TestServer server(read_body);
    for (const MalformedRequest& one : malformed_requests()) {
        RawPeer peer = server.connect();
        peer.send(one.text + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        peer.shut_down_sending();
        const std::string response = peer.read_to_end();
        EXPECT_TRUE(response.starts_with("HTTP/1.1 " + std::to_string(one.status) + " "))
            << one.what << "\n"
            << response;
        EXPECT_EQ(response.find("HTTP/1.1 2"), std::string::npos) << one.what;
    }
    EXPECT_EQ(server.server().counts().requests, 0U);
}

TEST(ServerLimits, AnAmbiguousPathIsRefused) {
    TestServer server(read_body);
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(peer.read_response().starts_with("HTTP/1.1 400 "));
}

TEST(ServerLimits, ABodyThatIsTooLargeIsAnsweredThoughTheClientGoesOnSending) {
    ServerLimits limits;
    limits.body_bytes = 1000;
    TestServer server(read_body, limits);
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"));
    EXPECT_TRUE(peer.send(std::string(1'000'000, 'x')));
    peer.shut_down_sending();
    const std::string response = peer.read_to_end();
    EXPECT_TRUE(response.starts_with("HTTP/1.1 413 ")) << response;
    EXPECT_NE(response.find("/problems/payload-too-large"), std::string::npos);
}

TEST(ServerLimits, AChunkedBodyThatGrowsTooLargeIsRefused) {
    ServerLimits limits;
    limits.body_bytes = 1000;
    TestServer server(read_body, limits);
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; i < 20; ++i) peer.send("64\r\n" + std::string(100, 'x') + "\r\n");
    const std::string response = peer.read_response();
    EXPECT_TRUE(response.starts_with("HTTP/1.1 413 ")) << response;
    EXPECT_NE(response.find("Connection: close"), std::string::npos);
}

TEST(ServerLimits, AMalformedChunkEndsTheConnection) {
    TestServer server(read_body);
    RawPeer peer = server.connect();
    ASSERT_TRUE(
        peer.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "1\r\nab\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"));
    peer.shut_down_sending();
    const std::string response = peer.read_to_end();
    EXPECT_TRUE(response.starts_with("HTTP/1.1 400 ")) << response;
    EXPECT_EQ(response.find("HTTP/1.1 ", 1), std::string::npos);
}

TEST(ServerLimits, AHeadThatDripsIsAnswered408) {
    ServerLimits limits;
    limits.head_time = milliseconds(50);
    TestServer server(read_body, limits);
    RawPeer peer = server.connect();
    std::string request = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    ASSERT_TRUE(peer.send(request));
    EXPECT_TRUE(peer.read_to_end().starts_with("HTTP/1.1 408 "));
}

TEST(ServerLimits, ABodyThatDoesNotComeIsGivenUp) {
    ServerLimits limits;
    limits.body_time = milliseconds(50);
    TestServer server(read_body, limits);
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"));
    EXPECT_TRUE(peer.read_to_end().starts_with("HTTP/1.1 400 "));
}

TEST(ServerLimits, AnIdleConnectionIsClosedInTime) {
    ServerLimits limits;
    limits.idle_time = milliseconds(50);
    TestServer server(read_body, limits);
    RawPeer silent = server.connect();
    EXPECT_EQ(silent.read_to_end(), "");
    RawPeer served = server.connect();
    ASSERT_TRUE(served.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(served.read_to_end().starts_with("HTTP/1.1 200 "));
}

TEST(ServerLimits, AConnectionThatWasQuietForLongServesAgain) {
    TestServer server(read_body);
    RawPeer peer = server.connect();
    RawPeer other = server.connect();
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(peer.read_response().starts_with("HTTP/1.1 200 "));
    // Longer than a connection keeps its coroutine and buffer after an answer.
    const MonoTime until = server.env().monotonic() + milliseconds(250);
    while (server.env().monotonic() < until) {
        ASSERT_TRUE(other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        other.read_response();
    }
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(peer.read_response().starts_with("HTTP/1.1 200 "));
}

TEST(ServerLimits, AConnectionAboveACapIsTurnedAway) {
    ServerLimits limits;
    limits.connections_per_client = 2;
    TestServer server(read_body, limits);
    RawPeer first = server.connect();
    RawPeer second = server.connect();
    for (RawPeer* peer : {&first, &second}) {
        ASSERT_TRUE(peer->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        peer->read_response();
    }
    RawPeer third = server.connect();
    const std::string answer = third.read_response();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
    EXPECT_TRUE(answer.ends_with("}\n")) << answer;
    EXPECT_EQ(third.read_to_end(), "");
    first.close();
    std::string answered;
    while (!answered.starts_with("HTTP/1.1 200 ")) {
        RawPeer again = server.connect();
        again.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        answered = again.read_response();
    }
}

Task<Response> answer_much(Request, Deadline) {
    Response response;
    // NOLINTNEXTLINE(bugprone-string-constructor): more than the system keeps for a reader
    response.body = std::string(50'000'000, 'x');
    co_return response;
}

TEST(ServerLimits, AReaderThatDoesNotReadLosesItsConnection) {
    ServerLimits limits;
    limits.write_time = milliseconds(50);
    limits.write_rate_min = 1'000'000'000;
    TestServer server(answer_much, limits);
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (server.server().counts().accepted == 0 || server.server().counts().open != 0) {
    }
    EXPECT_LT(peer.read_to_end().size(), 50'000'000U);
}

}  // namespace
}  // namespace waybill::http
