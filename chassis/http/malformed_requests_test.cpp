#include "chassis/http/malformed_requests.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace waybill::http {
namespace {

using namespace std::string_literals;

const std::string post_line = "POST / HTTP/1.1\r\n";
const std::string host_field = "Host: a\r\n";

MalformedRequest by_start_line(const std::string& line, std::uint16_t status = 400) {
    return {line, line + "\r\n" + host_field + "\r\n", status};
}

MalformedRequest by_fields(const std::string& fields, std::uint16_t status = 400) {
    return {fields, post_line + host_field + fields + "\r\n\r\n", status};
}

const std::vector<std::string> start_lines = {"GET"s,
                                              "GET /"s,
                                              "GET / "s,
                                              " GET / HTTP/1.1"s,
                                              "GET  / HTTP/1.1"s,
                                              "GET /  HTTP/1.1"s,
                                              "GET / HTTP/1.1 "s,
                                              "GET\t/\tHTTP/1.1"s,
                                              "GET /\tHTTP/1.1"s,
                                              "/ HTTP/1.1"s,
                                              "GET HTTP/1.1"s,
                                              "G(T / HTTP/1.1"s,
                                              "G\0T / HTTP/1.1"s,
                                              "GET: / HTTP/1.1"s,
                                              "GET / HTTP/1.1\r"s,
                                              "GET / http/1.1"s,
                                              "GET / HTTP/1"s,
                                              "GET / HTTP/1.10"s,
                                              "GET / HTTP/01.1"s,
                                              "GET / HTTP/1,1"s,
                                              "GET / HTTP 1.1"s,
                                              "GET / HTTPS/1.1"s,
                                              "GET / HTTP/+1.1"s,
                                              "GET / XHTTP/1.1"s,
                                              "GET /a b HTTP/1.1"s,
                                              "GET /\0 HTTP/1.1"s,
                                              "GET /\x7f HTTP/1.1"s,
                                              "GET /\x01 HTTP/1.1"s,
                                              "GET /\xc3\xa9 HTTP/1.1"s,
                                              "GET a HTTP/1.1"s,
                                              "GET * HTTP/1.1"s,
                                              "GET ?a HTTP/1.1"s,
                                              "GET a:80 HTTP/1.1"s,
                                              "GET ftp://a/ HTTP/1.1"s,
                                              "GET http:/a HTTP/1.1"s,
                                              "GET http:// HTTP/1.1"s,
                                              "GET http:///a HTTP/1.1"s,
                                              "GET http://u@a/ HTTP/1.1"s,
                                              "GET http://u:p@a/ HTTP/1.1"s,
                                              "GET http://b/ HTTP/1.1"s,
                                              "GET http://a:0/ HTTP/1.1"s,
                                              "GET http://a:99999/ HTTP/1.1"s,
                                              "GET http://a:/ HTTP/1.1"s,
                                              "GET /?a#b HTTP/1.1"s,
                                              "GET /?\"a HTTP/1.1"s,
                                              "GET /?<a> HTTP/1.1"s,
                                              "GET /?a\\b HTTP/1.1"s,
                                              "OPTIONS *x HTTP/1.1"s};

const std::vector<std::string> hosts = {
    ""s,      " "s,           "a b"s,    "a,b"s,      "a/b"s,     "u@a"s, "a:"s,
    "a:0"s,   "a:65536"s,     "a:8x"s,   "a:+80"s,    "a:80:80"s, "::1"s, "[::1"s,
    "[]"s,    "[::1]x"s,      "[::1]:"s, "[g::1]"s,   "a?b"s,     "a#b"s, ".a"s,
    "a%2eb"s, "caf\xc3\xa9"s, "a\\b"s,   "http://a"s, "a\0b"s};

const std::vector<std::string> fields = {
    "Content-Length: +5"s,
    "Content-Length: -5"s,
    "Content-Length: 5 5"s,
    "Content-Length: 5,5"s,
    "Content-Length: 5, 6"s,
    "Content-Length: 0x5"s,
    "Content-Length: 5a"s,
    "Content-Length: "s,
    "Content-Length: 5.0"s,
    "Content-Length: 5\0"s,
    "Content-Length: \"5\""s,
    "Content-Length: \v5"s,
    "Content-Length: 18446744073709551616"s,
    "Content-Length: 99999999999999999999999"s,
    "Content-Length: 5\r\nContent-Length: 5"s,
    "Content-Length: 5\r\nContent-Length: 6"s,
    "Content-Length: 5\r\nTransfer-Encoding: chunked"s,
    "Transfer-Encoding: chunked\r\nContent-Length: 5"s,
    "Transfer-Encoding: chunked\r\nContent-Length: 0"s,
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"s,
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"s,
    "Transfer-Encoding: identity"s,
    "Transfer-Encoding: xchunked"s,
    "Transfer-Encoding: chunkedx"s,
    "Transfer-Encoding: chunked, chunked"s,
    "Transfer-Encoding: chunked, identity"s,
    "Transfer-Encoding: chunked;q=1"s,
    "Transfer-Encoding: \"chunked\""s,
    "Transfer-Encoding: 'chunked'"s,
    "Transfer-Encoding: \vchunked"s,
    "Transfer-Encoding: chunked\v"s,
    "Transfer-Encoding: \x0c"
    "chunked"s,
    "Transfer-Encoding: chunked\0"s,
    "Transfer-Encoding: chunked,"s,
    "Transfer-Encoding: ,chunked"s,
    "Transfer-Encoding: "s,
    "Transfer-Encoding:\r\n chunked"s,
    "Transfer-Encoding\r\n: chunked"s,
    "Transfer-Encoding : chunked"s,
    "Transfer-Encoding\t: chunked"s,
    " Transfer-Encoding: chunked"s,
    "X: y\r\n Transfer-Encoding: chunked"s,
    "X: y\r\n\tz"s,
    "X: y\rTransfer-Encoding: chunked"s,
    "X: y\nTransfer-Encoding: chunked"s,
    "X: y\r\rz"s,
    "X: y\0z"s,
    "X: \x01"s,
    "X: \x7f"s,
    "X"s,
    ": y"s,
    "X Y: z"s,
    "X\0: y"s,
    "X(: y"s,
    "X\xc3\xa9: y"s,
    "X[0]: y"s,
    "\"X\": y"s,
    "X,Y: z"s,
    "X;: y"s,
    "X/: y"s,
    "X@: y"s,
    "\x0b"
    "X: y"s,
    "Connection: host"s,
    "Connection: close, Content-Length"s,
    "Connection: Transfer-Encoding"s};

const std::vector<MalformedRequest> others = {
    by_start_line("GET / HTTP/1.2", 505),
    by_start_line("GET / HTTP/0.9", 505),
    by_start_line("GET / HTTP/2.0", 505),
    by_start_line("PRI * HTTP/2.0", 505),
    by_start_line("CONNECT a:443 HTTP/1.1", 501),
    by_start_line("CONNECT / HTTP/1.1", 501),
    by_start_line(std::string(33, 'A') + " / HTTP/1.1", 501),
    by_fields("Transfer-Encoding: gzip, chunked", 501),
    by_fields("Expect: 200-ok", 417),
    by_fields("Expect: ", 417),
    {"no host", post_line + "\r\n"},
    {"two hosts", post_line + host_field + host_field + "\r\n"},
    {"two hosts that differ", post_line + host_field + "Host: b\r\n\r\n"},
    {"two hosts, HTTP/1.0", "GET / HTTP/1.0\r\n" + host_field + host_field + "\r\n"},
    {"Transfer-Encoding, HTTP/1.0",
     "POST / HTTP/1.0\r\n" + host_field + "Transfer-Encoding: chunked\r\n\r\n"},
    {"only line feeds", "GET / HTTP/1.1\nHost: a\n\n"},
    {"one line feed", "GET / HTTP/1.1\r\nHost: a\n\r\n"},
    {"a line feed ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n"},
    {"two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a bare line feed first", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a folded first field", post_line + " Host: a\r\n\r\n"},
    {"a byte order mark", "\xef\xbb\xbfGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
};

}  // namespace

std::vector<MalformedRequest> malformed_requests() {
    std::vector<MalformedRequest> all = others;
    for (const std::string& line : start_lines) all.push_back(by_start_line(line));
    for (const std::string& value : hosts)
        all.push_back({"host " + value, fmt::format("{}Host: {}\r\n\r\n", post_line, value)});
    for (const std::string& text : fields) all.push_back(by_fields(text));
    return all;
}

TEST(MalformedRequests, AreAllDifferentAndMany) {
    std::set<std::string> texts;
    for (const MalformedRequest& one : malformed_requests()) texts.insert(one.text);
    EXPECT_EQ(texts.size(), malformed_requests().size());
    EXPECT_GE(texts.size(), 100U);
}

}  // namespace waybill::http
