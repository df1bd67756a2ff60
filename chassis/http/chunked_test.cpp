#include "chassis/http/chunked.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace waybill::http {
namespace {

struct Decoded {
    ParseState state = ParseState::incomplete;
    std::string data;
    std::string rest;
    friend bool operator==(const Decoded&, const Decoded&) = default;
};

/// Gives the decoder at most `step` new bytes at a time.
Decoded decode(std::string_view text, std::size_t step) {
    ChunkedDecoder decoder;
    Decoded result;
    std::string held;
    while (result.state == ParseState::incomplete) {
        const ChunkedDecoder::Step taken = decoder.next(held);
        result.state = taken.state;
        result.data += taken.data;
        held.erase(0, taken.consumed);
        if (taken.consumed != 0 || taken.state != ParseState::incomplete) continue;
        if (text.empty()) break;
        held += text.substr(0, step);
        text.remove_prefix(std::min(step, text.size()));
    }
    result.rest = result.state == ParseState::complete ? held + std::string(text) : "";
    return result;
}

TEST(ChunkedDecoder, RefusesWhatIsNotStrictlyChunked) {
    using namespace std::string_literals;
    const std::string long_extension(ChunkedDecoder::line_bytes_max, 'a');
    for (const std::string& text : {"\r\n"s,
                                    "g\r\n"s,
                                    "-1\r\n"s,
                                    "+1\r\na\r\n"s,
                                    " 1\r\na\r\n"s,
                                    "1 \r\na\r\n"s,
                                    "0x1\r\na\r\n"s,
                                    "1\na\r\n"s,
                                    "1\r\na\n0\r\n\r\n"s,
                                    "1\r\nab\r\n"s,
                                    "1\r\na0\r\n\r\n"s,
                                    "1\r\na\rX"s,
                                    "ffffffffffffffff\r\n"s,
                                    "10000000000000001\r\na"s,
                                    "1_0\r\n"s,
                                    "1;\r\na\r\n"s,
                                    "1;\na\r\n"s,
                                    "1;a\nb\r\na\r\n"s,
                                    "1;a\rb\r\na\r\n"s,
                                    "1;a\0\r\na\r\n"s,
                                    "1 ;a\r\na\r\n"s,
                                    "1,a\r\na\r\n"s,
                                    "1;a=\x7f\r\na\r\n"s,
                                    "1;" + long_extension + "\r\n",
                                    "0\r\nX\r\n\r\n"s,
                                    "0\r\nX : y\r\n\r\n"s,
                                    "0\r\n X: y\r\n\r\n"s,
                                    "0\r\nX: y\n\r\n"s,
                                    "0\r\nX: \x01\r\n\r\n"s,
                                    "0\r\n\n"s,
                                    "0\n\r\n"s,
                                    "0\r\r\n"s}) {
        EXPECT_EQ(decode(text, text.size()).state, ParseState::refused) << text;
        EXPECT_EQ(decode(text, 1).state, ParseState::refused) << text;
    }
}

TEST(ChunkedDecoder, BoundsExtensionsAndTrailersOverTheWholeBody) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "1;" + std::string(200, 'a') + "\r\nx\r\n";
    EXPECT_EQ(decode(text, text.size()).state, ParseState::refused);
    text = "0\r\n";
    for (int i = 0; i < 100; ++i) text += "X: " + std::string(200, 'a') + "\r\n";
    EXPECT_EQ(decode(text, text.size()).state, ParseState::refused);
}

TEST(ChunkedDecoder, ReadsChunksExtensionsAndTrailersAndLeavesTheRest) {
    const Decoded got =
        decode("5\r\nhello\r\n00006;a=\"b\"\r\n world\r\n0\r\nX: y\r\n\r\nGET /", 1000);
    EXPECT_EQ(got, (Decoded{ParseState::complete, "hello world", "GET /"}));
}

TEST(ChunkedDecoder, ReadsBackWhatWasWrittenHoweverItIsSplit) {
    rc::check([](const std::vector<std::string>& parts) {
        std::string text;
        std::string all;
        for (const std::string& part : parts) {
            if (part.empty()) continue;
            append_chunk_size(text, part.size());
            text += part + "\r\n";
            all += part;
        }
        text += "0\r\n\r\nrest";
        const auto step = *rc::gen::inRange<std::size_t>(1, 20);
        RC_ASSERT(decode(text, step) == (Decoded{ParseState::complete, all, "rest"}));
    });
}

}  // namespace
}  // namespace waybill::http
