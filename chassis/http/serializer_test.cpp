#include "chassis/http/serializer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waybill::http {
namespace {

TEST(Serializer, RefusesWhatWouldSplitTheMessage) {
    using namespace std::string_literals;
    std::string out = "before";
    for (const auto& [name, value] : {std::pair("X"s, "a\r\nb"s),
                                      {"X"s, "a\nb"s},
                                      {"X"s, "a\0b"s},
                                      {"X Y"s, "a"s},
                                      {"X:"s, "a"s},
                                      {""s, "a"s}}) {
        Response response;
        response.headers.add(name, value);
        EXPECT_FALSE(append_response_head(out, response, {}, "now"));
        Request request;
        request.headers.add(name, value);
        EXPECT_FALSE(append_request_head(out, request, {}, "a"));
    }
    Request request;
    request.method = "GET /";
    EXPECT_FALSE(append_request_head(out, request, {}, "a"));
    request.method = "GET";
    for (const std::string& path : {""s, "a"s, "/a b"s, "/a\r\n"s, "/a?b"s, "/a#b"s, "/\x80"s}) {
        request.path = path;
        EXPECT_FALSE(append_request_head(out, request, {}, "a")) << path;
    }
    EXPECT_EQ(out, "before");
}

TEST(Serializer, LeavesTheConnectionsFieldsToTheConnection) {
    Response response;
    for (const char* name : {"Connection", "transfer-encoding", "Keep-Alive", "UPGRADE", "TE",
                             "Trailer", "Proxy-Connection", "Content-Length"})
        response.headers.add(name, "x");
    response.headers.add("X", "y");
    std::string out;
    ASSERT_TRUE(append_response_head(
        out, response, {.framing = Framing::length, .content_length = 7, .close = true}, "now"));
    EXPECT_EQ(out,
              "HTTP/1.1 200 OK\r\nDate: now\r\nCache-Control: no-store\r\nX-Content-Type-Options: "
              "nosniff\r\n"
              "X: y\r\nContent-Length: 7\r\nConnection: close\r\n\r\n");
}

TEST(Serializer, KeepsADateAndRulesOfCachingThatAreThere) {
    Response response;
    response.status = 599;
    response.headers.add("Date", "then");
    response.headers.add("Cache-Control", "max-age=1");
    response.headers.add("X-Content-Type-Options", "nosniff");
    std::string out;
    ASSERT_TRUE(append_response_head(out, response, {.framing = Framing::chunked}, "now"));
    EXPECT_EQ(out,
              "HTTP/1.1 599 \r\nDate: then\r\nCache-Control: max-age=1\r\n"
              "X-Content-Type-Options: nosniff\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST(DateCache, WritesTheDateOfTheSecond) {
    DateCache cache;
    EXPECT_EQ(cache.text(Timestamp{784111777'000000}), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(cache.text(Timestamp{784111777'999999}), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(cache.text(Timestamp{784111778'000000}), "Sun, 06 Nov 1994 08:49:38 GMT");
    EXPECT_EQ(cache.text(Timestamp{0}), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace waybill::http
