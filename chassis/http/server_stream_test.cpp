#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "chassis/http/event_stream.hpp"
#include "chassis/http/test_server.hpp"

namespace waybill::http {
namespace {

/// Gives `total` bytes in pieces and counts how many were pulled.
class CountedSource final : public BodySource {
 public:
    CountedSource(std::size_t total, std::atomic<std::size_t>& pulled, bool breaks = false)
        : left_(total), pulled_(pulled), breaks_(breaks), piece_(10'000, 'x') {}
    Task<Result<std::string_view>> next(Deadline) override {
        const std::size_t size = std::min(left_, piece_.size());
        if (size == 0 && breaks_) co_return fail(Problem::bad_gateway, "It broke off.");
        left_ -= size;
        pulled_ += size;
        co_return std::string_view(piece_).substr(0, size);
    }

 private:
    std::size_t left_;
    std::atomic<std::size_t>& pulled_;
    bool breaks_;
    std::string piece_;
};

Task<Response> answer(Response response) {
    co_return response;
}

Response streamed(std::size_t total, std::atomic<std::size_t>& pulled, bool breaks,
                  std::optional<std::uint64_t> size) {
    Response response;
    response.body = Body(std::make_unique<CountedSource>(total, pulled, breaks), size);
    return response;
}

TEST(ServerStreams, ASourceOfUnknownLengthGoesOutChunked) {
    std::atomic<std::size_t> pulled{0};
    TestServer server(
        [&](Request, Deadline) { return answer(streamed(15'000, pulled, false, {})); });
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_NE(peer.read_until("\r\n\r\n").find("Transfer-Encoding: chunked\r\n"),
              std::string::npos);
    EXPECT_EQ(peer.read_until("0\r\n\r\n"), "2710\r\n" + std::string(10'000, 'x') + "\r\n1388\r\n" +
                                                std::string(5'000, 'x') + "\r\n0\r\n\r\n");
    ASSERT_TRUE(peer.send("GET / HTTP/1.0\r\n\r\n"));
    const std::string old = peer.read_to_end();
    EXPECT_TRUE(old.ends_with("\r\n\r\n" + std::string(15'000, 'x')));
    EXPECT_NE(old.find("Connection: close"), std::string::npos);
}

TEST(ServerStreams, ASourceThatBreaksOffBreaksTheConnection) {
    std::atomic<std::size_t> pulled{0};
    TestServer server([&](Request, Deadline) { return answer(streamed(10, pulled, true, {})); });
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(peer.read_to_end().ends_with("a\r\nxxxxxxxxxx\r\n"));
}

TEST(ServerStreams, ASlowReaderSlowsTheSource) {
    std::atomic<std::size_t> pulled{0};
    constexpr std::size_t total = 100'000'000;
    TestServer server(
        [&](Request, Deadline) { return answer(streamed(total, pulled, false, total)); });
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    peer.read(1'000'000);
    EXPECT_LT(pulled.load(), total / 2);
    peer.close();
}

Task<Response> echo(Request request, Deadline) {
    Response response;
    const auto size = request.body.size();
    if (request.body.streamed())
        response.body = Body(request.body.take_source(), size);
    else
        response.body = request.body.take_bytes();
    co_return response;
}

TEST(ServerStreams, ARequestsBodyCanBeTheResponsesBody) {
    ServerLimits limits;
    limits.body_bytes = 10'000'000;
    TestServer server(echo, limits);
    RawPeer peer = server.connect();
    const std::string body(3'000'000, 'y');
    ASSERT_TRUE(peer.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    auto sent = std::async(std::launch::async,
                           [&] { return peer.send("2dc6c0\r\n" + body + "\r\n0\r\n\r\n"); });
    peer.read_until("\r\n\r\n");
    std::string got;
    for (std::string size = peer.read_until("\r\n"); size != "0\r\n";
         size = peer.read_until("\r\n"))
        got +=
            peer.read(std::stoul(size, nullptr, 16) + 2).substr(0, std::stoul(size, nullptr, 16));
    EXPECT_TRUE(sent.get());
    EXPECT_EQ(got, body);
}

TEST(ServerStreams, EventsArriveWhileTheStreamIsOpenAndTheAnswerEndsWithIt) {
    std::shared_ptr<EventStream> stream;
    std::promise<void> opened;
    TestServer server([&](Request, Deadline) {
        opened.set_value();
        return answer(EventStream::response(stream));
    });
    stream = EventStream::create(server.env());
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    opened.get_future().wait();
    EXPECT_NE(peer.read_until("\r\n\r\n").find("Content-Type: text/event-stream"),
              std::string::npos);
    EXPECT_TRUE(stream->send({.id = "7", .name = "order", .data = "a\nb"}));
    EXPECT_EQ(peer.read_until("\n\n\r\n").substr(4),
              "id: 7\nevent: order\ndata: a\ndata: b\n\n\r\n");
    EXPECT_TRUE(stream->retry(std::chrono::milliseconds(1500)));
    stream->end();
    EXPECT_FALSE(stream->open());
    EXPECT_NE(peer.read_until("0\r\n\r\n").find("retry: 1500\n\n"), std::string::npos);
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"));
    EXPECT_TRUE(peer.read_to_end().starts_with("HTTP/1.1 400 "));
}

TEST(ServerStreams, AStreamLearnsThatItsReaderHasGone) {
    std::shared_ptr<EventStream> stream;
    TestServer server([&](Request, Deadline) { return answer(EventStream::response(stream)); });
    stream = EventStream::create(server.env());
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    peer.read_until("\r\n\r\n");
    peer.close();
    while (stream->open()) {
    }
    while (server.server().counts().open != 0) {
    }
    EXPECT_FALSE(stream->send({.data = "x"}));
}

}  // namespace
}  // namespace waybill::http
