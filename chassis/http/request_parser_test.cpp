#include "chassis/http/request_parser.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "chassis/http/malformed_requests.hpp"

namespace waybill::http {
namespace {

const HeadLimits request_limits;

struct Verdict {
    ParseState state = ParseState::incomplete;
    std::uint16_t status = 0;
    std::size_t size = 0;
    std::string method, path, query, host;
    std::vector<std::string> fields;
    Framing framing = Framing::none;
    std::uint64_t length = 0;
    bool keep_alive = false;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// Feeds `text` up to each of `cuts`, moving the bytes each time as a real buffer may.
Verdict parse(const std::string& text, const std::vector<std::size_t>& cuts,
              const HeadLimits& with = request_limits) {
    RequestParser parser(with);
    Verdict verdict;
    for (std::size_t cut : cuts) {
        const std::string bytes = text.substr(0, cut);
        verdict.state = parser.feed(bytes);
        if (verdict.state == ParseState::incomplete) continue;
        verdict.status = parser.refusal().status;
        if (verdict.state == ParseState::refused) return verdict;
        const RequestHead& head = parser.head();
        verdict.size = parser.size();
        verdict.method = head.method;
        verdict.path = head.path;
        verdict.query = head.query;
        verdict.host = head.host;
        verdict.framing = head.framing;
        verdict.length = head.content_length;
        verdict.keep_alive = head.keep_alive;
        const Headers headers = parser.headers(bytes);
        for (std::size_t i = 0; i < headers.size(); ++i)
            verdict.fields.push_back(std::string(headers.at(i).name) + "=" +
                                     std::string(headers.at(i).value));
        return verdict;
    }
    return verdict;
}

Verdict parse_whole(const std::string& text) {
    return parse(text, {text.size()});
}

Verdict parse_by_bytes(const std::string& text, const HeadLimits& with = request_limits) {
    std::vector<std::size_t> cuts;
    for (std::size_t i = 1; i <= text.size(); ++i) cuts.push_back(i);
    return parse(text, cuts, with);
}

TEST(RequestParser, RefusesEveryMalformedRequestWithItsStatusWholeOrByteByByte) {
    for (const MalformedRequest& one : malformed_requests()) {
        const Verdict whole = parse_whole(one.text);
        EXPECT_EQ(whole.state, ParseState::refused) << one.what;
        EXPECT_EQ(whole.status, one.status) << one.what;
        EXPECT_EQ(parse_by_bytes(one.text), whole) << one.what;
    }
}

TEST(RequestParser, RefusesWhatOutgrowsItsLimitsBeforeItIsComplete) {
    const std::string long_line = "GET /" + std::string(request_limits.start_line_bytes, 'a');
    EXPECT_EQ(parse_whole(long_line).status, 414);
    EXPECT_EQ(parse_by_bytes(long_line).status, 414);
    const std::string long_field =
        "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(request_limits.bytes, 'a');
    EXPECT_EQ(parse_whole(long_field).status, 431);
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 0; i < request_limits.fields; ++i) many += "A: b\r\n";
    EXPECT_EQ(parse_whole(many + "\r\n").status, 431);
}

TEST(RequestParser, TakesARequestLineOfExactlyTheLimit) {
    const std::string line =
        "GET /" + std::string(request_limits.start_line_bytes - 14, 'a') + " HTTP/1.1\r\n";
    ASSERT_EQ(line.size(), request_limits.start_line_bytes + 2);
    const std::string text = line + "Host: a\r\n\r\n";
    EXPECT_EQ(parse_whole(text).state, ParseState::complete);
    EXPECT_EQ(parse_by_bytes(text), parse_whole(text));
}

TEST(RequestParser, ReadsARequestWithItsFieldsInOrder) {
    const Verdict got = parse_whole(
        "POST /v1/orders?a=b&c=%20d HTTP/1.1\r\nHost: shop.example:8080\r\nX-Empty:\r\n"
        "x_y: \t caf\xc3\xa9 au lait \t\r\ncontent-length: 12\r\n\r\nbody");
    EXPECT_EQ(got.state, ParseState::complete);
    EXPECT_EQ(got.method, "POST");
    EXPECT_EQ(got.path, "/v1/orders");
    EXPECT_EQ(got.query, "a=b&c=%20d");
    EXPECT_EQ(got.host, "shop.example:8080");
    EXPECT_EQ(got.framing, Framing::length);
    EXPECT_EQ(got.length, 12U);
    EXPECT_TRUE(got.keep_alive);
    EXPECT_EQ(got.fields, (std::vector<std::string>{"Host=shop.example:8080",
                                                    "X-Empty=", "x_y=caf\xc3\xa9 au lait",
                                                    "content-length=12"}));
}

TEST(RequestParser, ReadsEveryFormThatIsAllowed) {
    struct Valid {
        std::string text;
        std::string path;
        std::string host;
        bool keep_alive = true;
    };
    const std::vector<Valid> all = {
        {"GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "/", "[::1]:8080"},
        {"GET / HTTP/1.1\r\nhOsT: 127.0.0.1\r\n\r\n", "/", "127.0.0.1"},
        {"\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n", "/a", "a"},
        {"GET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\n\r\n", "/x", "a.example"},
        {"GET http://a.example HTTP/1.1\r\nHost: A.example\r\n\r\n", "/", "a.example"},
        {"GET http://a.example?q=1 HTTP/1.1\r\nHost: a.example\r\n\r\n", "/", "a.example"},
        {"GET HTTPS://a.example:444/ HTTP/1.1\r\nHost: a.example:444\r\n\r\n", "/",
         "a.example:444"},
        {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "*", "a"},
        {"GET / HTTP/1.0\r\n\r\n", "/", "", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "/", "", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "/", "a", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, , CLOSE\r\n\r\n", "/", "a", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "/", "a"},
        {"M-SEARCH /x HTTP/1.1\r\nHost: a\r\n\r\n", "/x", "a"},
        {"GET /?filter[a]=1 HTTP/1.1\r\nHost: a\r\n\r\n", "/", "a"},
    };
    for (const Valid& one : all) {
        const Verdict got = parse_whole(one.text);
        ASSERT_EQ(got.state, ParseState::complete) << one.text << got.status;
        EXPECT_EQ(got.path, one.path) << one.text;
        EXPECT_EQ(got.host, one.host) << one.text;
        EXPECT_EQ(got.keep_alive, one.keep_alive) << one.text;
        EXPECT_EQ(parse_by_bytes(one.text), got) << one.text;
    }
}

TEST(RequestParser, LeavesWhatFollowsTheHeadAlone) {
    const std::string head = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    const Verdict got = parse_whole(head + "GET /b HTTP/1.1\r\n");
    EXPECT_EQ(got.path, "/a");
    EXPECT_EQ(got.size, head.size());
}

TEST(RequestParser, GivesTheSameVerdictHoweverTheBytesAreSplit) {
    rc::check([] {
        const auto piece = rc::gen::element<std::string>(
            "GET", "POST", " ", "/", "/a?b", " HTTP/1.1", " HTTP/1.0", "\r\n", "\n", "\r", "Host",
            ": a", "Content-Length: 5", "Transfer-Encoding: chunked", ":", "\t", "x", "\0", "*",
            "http://a/", "Connection: close", "Expect: 100-continue");
        std::string text;
        if (*rc::gen::arbitrary<bool>()) text = "GET /a HTTP/1.1\r\nHost: a\r\n";
        for (const std::string& part : *rc::gen::container<std::vector<std::string>>(piece))
            text += part;
        const HeadLimits small{.start_line_bytes = 40, .bytes = 90, .fields = 4};
        RC_ASSERT(parse_by_bytes(text, small) == parse(text, {text.size()}, small));
    });
}

}  // namespace
}  // namespace waybill::http
