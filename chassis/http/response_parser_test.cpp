#include "chassis/http/response_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace waybill::http {
namespace {

const HeadLimits response_limits;

struct ResponseVerdict {
    ParseState state = ParseState::incomplete;
    ResponseHead head;
};

ResponseVerdict parse_response(const std::string& text, bool to_head = false) {
    ResponseParser parser(response_limits);
    const ParseState state = parser.feed(text, to_head);
    return {state, parser.head()};
}

ParseState response_by_bytes(const std::string& text) {
    ResponseParser parser(response_limits);
    ParseState state = ParseState::incomplete;
    for (std::size_t i = 1; i <= text.size() && state == ParseState::incomplete; ++i)
        state = parser.feed(std::string(text.substr(0, i)), false);
    return state;
}

TEST(ResponseParser, RefusesWhatTwoReadersCouldUnderstandDifferently) {
    using namespace std::string_literals;
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    for (const std::string& text :
         {"HTTP/1.1 200\r\n\r\n"s,
          "HTTP/1.1  200 OK\r\n\r\n"s,
          "HTTP/1.1 20 OK\r\n\r\n"s,
          "HTTP/1.1 2000 OK\r\n\r\n"s,
          "HTTP/1.1 099 OK\r\n\r\n"s,
          "HTTP/1.1 600 OK\r\n\r\n"s,
          "HTTP/1.1 +20 OK\r\n\r\n"s,
          "HTTP/2.0 200 OK\r\n\r\n"s,
          "http/1.1 200 OK\r\n\r\n"s,
          "HTTP/1.1 200 O\x01K\r\n\r\n"s,
          "HTTP/1.1 200 OK\n\n"s,
          " HTTP/1.1 200 OK\r\n\r\n"s,
          ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
          ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
          ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
          ok + "Transfer-Encoding: gzip, chunked\r\n\r\n",
          ok + "Transfer-Encoding: identity\r\n\r\n",
          ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
          ok + "Content-Length: +5\r\n\r\n",
          ok + "Content-Length: 5, 5\r\n\r\n",
          ok + "X : y\r\n\r\n",
          ok + " X: y\r\n\r\n",
          ok + "X: y\r\n z\r\n\r\n",
          ok + "X: a\rb\r\n\r\n",
          ok + "X\r\n\r\n",
          "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"s,
          "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"s,
          "HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n"s}) {
        EXPECT_EQ(parse_response(text).state, ParseState::refused) << text;
        EXPECT_EQ(response_by_bytes(text), ParseState::refused) << text;
    }
}

TEST(ResponseParser, FindsHowTheBodyEnds) {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    EXPECT_EQ(parse_response(ok + "Content-Length: 5\r\n\r\n").head.framing, Framing::length);
    EXPECT_EQ(parse_response(ok + "Content-Length: 5\r\n\r\n").head.content_length, 5U);
    EXPECT_EQ(parse_response(ok + "Transfer-Encoding: Chunked\r\n\r\n").head.framing,
              Framing::chunked);
    EXPECT_EQ(parse_response(ok + "\r\n").head.framing, Framing::until_close);
    EXPECT_EQ(parse_response(ok + "Content-Length: 5\r\n\r\n", true).head.framing, Framing::none);
    EXPECT_EQ(parse_response("HTTP/1.1 304 \r\nContent-Length: 5\r\n\r\n").head.framing,
              Framing::none);
    EXPECT_EQ(parse_response("HTTP/1.1 204 No Content\r\n\r\n").head.framing, Framing::none);
}

TEST(ResponseParser, KeepsTheConnectionOnlyWhenBothSidesMay) {
    EXPECT_TRUE(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").head.keep_alive);
    EXPECT_FALSE(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                     .head.keep_alive);
    EXPECT_FALSE(parse_response("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").head.keep_alive);
    EXPECT_FALSE(parse_response("HTTP/1.1 200 OK\r\n\r\n").head.keep_alive);
}

}  // namespace
}  // namespace waybill::http
