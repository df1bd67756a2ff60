#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/auth/auth_testing.hpp"
#include "chassis/auth/base64url.hpp"
#include "chassis/auth/url.hpp"
#include "chassis/base/money.hpp"
#include "chassis/base/shapes_testing.hpp"
#include "chassis/http/chunked.hpp"
#include "chassis/http/path.hpp"
#include "chassis/http/query.hpp"
#include "chassis/http/request_parser.hpp"
#include "chassis/http/response_parser.hpp"
#include "chassis/messaging/envelope.hpp"
#include "chassis/service/api_headers.hpp"
#include "chassis/service/cursor.hpp"
#include "chassis/telemetry/propagation.hpp"
#include "services/gateway/addresses.hpp"
#include "tests/bounds/heap_meter.hpp"

/// No input makes a parser take more than 64 MiB or a second: the worst that each could be given.
/// Time is this thread's own on the processor, and ten seconds are allowed, because this code is
/// also run without optimisation and under sanitizers.
namespace waybill {
namespace {

constexpr std::size_t growth_max = std::size_t{64} << 20U;
constexpr double seconds_max = 10;
constexpr std::size_t mebibyte = std::size_t{1} << 20U;

std::string repeated(std::string_view part, std::size_t bytes) {
    std::string text;
    text.reserve(bytes + part.size());
    while (text.size() < bytes) text += part;
    return text;
}

struct Attack {
    std::string name;
    std::string text;
    std::function<void(std::string_view)> parse;
};

void expect_bounded(const Attack& attack) {
    SCOPED_TRACE(attack.name);
    const std::size_t before = bounds::heap_bytes();
    bounds::restart_peak();
    const std::clock_t began = std::clock();
    attack.parse(attack.text);
    const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    const std::size_t growth = bounds::heap_peak() - before;
    std::printf("%-44s %8.1f KiB %8.1f ms\n", attack.name.c_str(),
                static_cast<double>(growth) / 1024, seconds * 1000);
    EXPECT_LE(growth, growth_max);
    EXPECT_LE(seconds, seconds_max);
    EXPECT_LE(bounds::heap_bytes(), before + mebibyte) << "it keeps what it took";
}

void expect_all_bounded(const std::vector<Attack>& attacks) {
    for (const Attack& attack : attacks) expect_bounded(attack);
}

/// One byte more at a time, as a slow client sends it: what reads all of it again is quadratic.
template <class Parser>
void feed_slowly(Parser feed, std::string_view text) {
    for (std::size_t size = 1; size <= text.size(); ++size)
        if (feed(text.substr(0, size)) != http::ParseState::incomplete) return;
}

std::string numbered_members(std::size_t bytes) {
    std::string text = "{";
    for (std::size_t i = 0; text.size() < bytes; ++i)
        text += fmt::format(R"({}"m{}":{})", i == 0 ? "" : ",", i, i % 10);
    return text + "}";
}

TEST(Bounds, json_of_any_kind_is_read_in_bounds) {
    const auto parse = [](std::string_view text) { (void)json::parse(text); };
    expect_all_bounded({
        {"json: open brackets", std::string(mebibyte, '['), parse},
        {"json: open objects", repeated(R"({"a":)", mebibyte), parse},
        {"json: short elements", "[" + repeated("0,", mebibyte - 4) + "0]", parse},
        {"json: empty objects", "[" + repeated("{},", mebibyte - 6) + "{}]", parse},
        {"json: one number", std::string(mebibyte, '9'), parse},
        {"json: far exponent", "1e" + std::string(mebibyte - 2, '9'), parse},
        {"json: escapes", "\"" + repeated("\\u0000", mebibyte - 8) + "\"", parse},
        {"json: different names", numbered_members(mebibyte - 32), parse},
        {"json: one name again and again", "{" + repeated("\"a\":0,", mebibyte - 8) + "\"a\":0}",
         parse},
        {"json: more than is taken", std::string(8 * mebibyte, '['), parse},
    });
}

TEST(Bounds, shapes_gather_a_bounded_number_of_faults) {
    const auto parse = [](std::string_view text) { (void)json::read<sample::PlaceOrder>(text); };
    expect_all_bounded({
        {"shape: unknown members", numbered_members(mebibyte - 32), parse},
        {"shape: items that are none", R"({"items":[)" + repeated("0,", mebibyte - 20) + "0]}",
         parse},
        {"shape: empty items", R"({"items":[)" + repeated("{},", mebibyte - 20) + "{}]}", parse},
        {"shape: metadata", R"({"metadata":)" + numbered_members(mebibyte - 64) + "}", parse},
        {"shape: a long number",
         R"({"items":[{"unitPrice":)" + std::string(mebibyte - 40, '9') + "}]}", parse},
    });
}

TEST(Bounds, heads_are_read_in_bounds_however_slowly_they_come) {
    const auto slowly = [](std::string_view text) {
        http::RequestParser parser({});
        feed_slowly([&](std::string_view bytes) { return parser.feed(bytes); }, text);
    };
    const auto answer = [](std::string_view text) {
        http::ResponseParser parser({});
        feed_slowly([&](std::string_view bytes) { return parser.feed(bytes, false); }, text);
    };
    const std::string line = "GET / HTTP/1.1\r\nHost: a\r\n";
    expect_all_bounded({
        {"request: a long target", "GET /" + std::string(mebibyte, 'a'), slowly},
        {"request: many fields", line + repeated("a:\r\n", mebibyte), slowly},
        {"request: one long field", line + "a: " + std::string(mebibyte, 'b'), slowly},
        {"request: a field of blanks", line + "a: " + std::string(mebibyte, ' '), slowly},
        {"request: empty lines before", repeated("\r\n", mebibyte), slowly},
        {"request: a long method", std::string(mebibyte, 'A'), slowly},
        {"response: many fields", "HTTP/1.1 200 \r\n" + repeated("a:\r\n", mebibyte), answer},
        {"response: a long reason", "HTTP/1.1 200 " + std::string(mebibyte, 'a'), answer},
    });
}

TEST(Bounds, chunks_are_read_in_bounds_however_small_they_are) {
    const auto decode = [](std::string_view text) {
        http::ChunkedDecoder decoder;
        for (std::size_t window = 1; window <= text.size();) {
            const auto step = decoder.next(text.substr(0, window));
            if (step.state != http::ParseState::incomplete) return;
            text.remove_prefix(step.consumed);
            window = step.consumed == 0 ? window + 1 : 1;
        }
    };
    expect_all_bounded({
        {"chunks: of one byte", repeated("1\r\na\r\n", mebibyte) + "0\r\n\r\n", decode},
        {"chunks: a long extension", "1;a=" + std::string(mebibyte, 'b'), decode},
        {"chunks: zeros before a size", std::string(mebibyte, '0'), decode},
        {"chunks: a large size", "ffffffffffffffff\r\n" + std::string(mebibyte, 'a'), decode},
        {"chunks: many trailers", "0\r\n" + repeated("a:\r\n", mebibyte), decode},
    });
}

TEST(Bounds, targets_are_read_in_bounds) {
    const auto path = [](std::string_view text) {
        std::string out;
        (void)http::normalise_path(text, out);
    };
    const auto query = [](std::string_view text) { (void)http::Query::parse(text); };
    expect_all_bounded({
        {"path: dot segments", repeated("/a/..", mebibyte), path},
        {"path: escaped dot segments", "/a" + repeated("/%2e%2e", mebibyte), path},
        {"path: slashes", std::string(mebibyte, '/'), path},
        {"path: deep", repeated("/a", mebibyte), path},
        {"query: many parameters", repeated("a=&", mebibyte), query},
        {"query: escapes", "a=" + repeated("%41", mebibyte), query},
        {"query: separators", std::string(mebibyte, '&'), query},
        {"url", "https://" + std::string(mebibyte, 'a'),
         [](std::string_view text) { (void)auth::Url::parse(text); }},
    });
}

TEST(Bounds, tokens_and_key_sets_are_read_in_bounds) {
    static const auto keys = auth::testing::key_set(auth::testing::issuer_key());
    const auto token = [](std::string_view text) {
        (void)auth::verify_token(text, *keys, auth::testing::test_rules(), auth::testing::test_now);
    };
    const auto set = [](std::string_view text) { (void)auth::KeySet::parse(text); };
    const std::string deep = auth::encode_base64url(std::string(mebibyte / 2, '['));
    expect_all_bounded({
        {"token: dots", std::string(mebibyte, '.'), token},
        {"token: letters", std::string(mebibyte, 'A'), token},
        {"token: deep header", deep + "." + deep + ".AA", token},
        {"keys: open brackets", std::string(mebibyte, '['), set},
        {"keys: empty keys", R"({"keys":[)" + repeated("{},", mebibyte - 16) + "{}]}", set},
        {"keys: a large modulus",
         R"({"keys":[{"kty":"RSA","kid":"k","e":"AQAB","n":")" + std::string(mebibyte / 2, 'B') +
             R"("}]})",
         set},
        {"base64url", std::string(mebibyte, 'A'),
         [](std::string_view text) { (void)auth::decode_base64url(text); }},
    });
}

TEST(Bounds, fields_and_messages_are_read_in_bounds) {
    static const service::Cursors cursors("0123456789abcdef0123456789abcdef");
    const auto prefer = [](std::string_view text) {
        http::Request request;
        request.headers.add("Prefer", text);
        (void)service::read_wait(request, std::chrono::seconds(10));
        (void)service::tag_listed(text, "\"1\"");
    };
    const auto propagated = [](std::string_view text) {
        (void)telemetry::extract("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", text,
                                 text);
    };
    const auto forwarded = [](std::string_view text) {
        static const gateway::ClientAddresses addresses({"127.0.0.0/8"});
        http::Request request;
        request.peer_address = "127.0.0.1";
        request.headers.add("X-Forwarded-For", text);
        (void)addresses.client_of(request);
    };
    const auto envelope = [](std::string_view text) { (void)messaging::from_envelope(text); };
    expect_all_bounded({
        {"cursor", std::string(mebibyte, 'A'),
         [](std::string_view text) { (void)cursors.read(text, "scope"); }},
        {"prefer: elements", repeated("a,", mebibyte), prefer},
        {"prefer: a long wait", "wait=" + std::string(mebibyte, '9'), prefer},
        {"tracestate: members", repeated("a=b,", mebibyte), propagated},
        {"tracestate: commas", std::string(mebibyte, ','), propagated},
        {"forwarded: hops", repeated("127.0.0.1,", mebibyte), forwarded},
        {"envelope: open brackets", std::string(4 * mebibyte, '['), envelope},
        {"envelope: members", numbered_members(mebibyte - 32), envelope},
        {"envelope: empty objects", R"({"message":[)" + repeated("{},", mebibyte - 20) + "{}]}",
         envelope},
        {"envelope: more than is taken", numbered_members(4 * mebibyte), envelope},
        {"decimal", std::string(mebibyte, '1'),
         [](std::string_view text) { (void)Decimal::parse(text); }},
        {"time", "2026-11-23T10:00:00." + std::string(mebibyte, '1'),
         [](std::string_view text) { (void)Timestamp::parse(text); }},
    });
}

}  // namespace
}  // namespace waybill
