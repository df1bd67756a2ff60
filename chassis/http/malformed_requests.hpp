#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace waybill::http {

/// A request that must be refused by its head, and the status that says why. For tests.
struct MalformedRequest {
    std::string what;
    std::string text;
    std::uint16_t status = 400;
};

/// Request smuggling as it has been published, and plain mistakes.
inline std::vector<MalformedRequest> malformed_requests() {
    using namespace std::string_literals;
    const std::string line = "POST / HTTP/1.1\r\n";
    const std::string host = "Host: a\r\n";
    std::vector<MalformedRequest> all;
    const auto whole = [&](std::string what, std::string text, std::uint16_t status = 400) {
        all.push_back({std::move(what), std::move(text), status});
    };
    const auto start = [&](const std::string& start_line, std::uint16_t status = 400) {
        whole(start_line, start_line + "\r\n" + host + "\r\n", status);
    };
    const auto field = [&](const std::string& fields, std::uint16_t status = 400) {
        whole(fields, line + host + fields + "\r\n\r\n", status);
    };
    const auto host_value = [&](const std::string& value) {
        whole("host " + value, line + "Host: " + value + "\r\n\r\n");
    };
    for (const std::string& text : {"GET"s,
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
                                    "OPTIONS *x HTTP/1.1"s})
        start(text);
    start("GET / HTTP/1.2", 505);
    start("GET / HTTP/0.9", 505);
    start("GET / HTTP/2.0", 505);
    start("PRI * HTTP/2.0", 505);
    start("CONNECT a:443 HTTP/1.1", 501);
    start("CONNECT / HTTP/1.1", 501);
    start(std::string(33, 'A') + " / HTTP/1.1", 501);

    for (const std::string& value :
         {""s,      " "s,           "a b"s,    "a,b"s,      "a/b"s,     "u@a"s, "a:"s,
          "a:0"s,   "a:65536"s,     "a:8x"s,   "a:+80"s,    "a:80:80"s, "::1"s, "[::1"s,
          "[]"s,    "[::1]x"s,      "[::1]:"s, "[g::1]"s,   "a?b"s,     "a#b"s, ".a"s,
          "a%2eb"s, "caf\xc3\xa9"s, "a\\b"s,   "http://a"s, "a\0b"s})
        host_value(value);
    whole("no host", line + "\r\n");
    whole("two hosts", line + host + host + "\r\n");
    whole("two hosts that differ", line + host + "Host: b\r\n\r\n");
    whole("two hosts, HTTP/1.0", "GET / HTTP/1.0\r\n" + host + host + "\r\n");

    for (const std::string& fields : {"Content-Length: +5"s,
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
                                      "Connection: Transfer-Encoding"s})
        field(fields);
    field("Transfer-Encoding: gzip, chunked", 501);
    field("Expect: 200-ok", 417);
    field("Expect: ", 417);
    whole("Transfer-Encoding, HTTP/1.0",
          "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n");
    whole("only line feeds", "GET / HTTP/1.1\nHost: a\n\n");
    whole("one line feed", "GET / HTTP/1.1\r\nHost: a\n\r\n");
    whole("a line feed ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n");
    whole("two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    whole("a bare line feed first", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    whole("a folded first field", line + " Host: a\r\n\r\n");
    whole("a byte order mark", "\xef\xbb\xbfGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    return all;
}

}  // namespace waybill::http
