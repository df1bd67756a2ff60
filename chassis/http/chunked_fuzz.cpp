#include "chassis/http/chunked.hpp"
#include "chassis/http/fuzz_support.hpp"

namespace waybill::http {
namespace {

struct Decoded {
    ParseState state = ParseState::incomplete;
    std::string data;
    std::size_t consumed = 0;
    friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded decode(std::string_view text, const std::vector<std::size_t>& ends) {
    ChunkedDecoder decoder;
    Decoded result;
    for (const std::size_t end : ends) {
        for (;;) {
            const std::string bytes(text.substr(result.consumed, end - result.consumed));
            const ChunkedDecoder::Step step = decoder.next(bytes);
            result.state = step.state;
            result.data += step.data;
            result.consumed += step.consumed;
            require(step.consumed <= bytes.size());
            if (step.state != ParseState::incomplete) return result;
            if (step.consumed == 0) break;
        }
    }
    return result;
}

void check_chunks(std::string_view text) {
    const Decoded whole = decode(text, {text.size()});
    Decoded split = decode(text, prefixes(text));
    require(split.state == whole.state);
    if (whole.state == ParseState::refused) return;  // how far each got before may differ
    require(split.data == whole.data);
    if (whole.state == ParseState::incomplete) return;
    require(split == whole);
    require(whole.data.size() <= whole.consumed);
    std::string written;
    if (!whole.data.empty()) {
        append_chunk_size(written, whole.data.size());
        written += whole.data + "\r\n";
    }
    written += "0\r\n\r\n";
    require(decode(written, prefixes(written)) ==
            (Decoded{ParseState::complete, whole.data, written.size()}));
    // What follows the body is not the decoder's.
    const std::string followed = std::string(text.substr(0, whole.consumed)) + "GET /";
    require(decode(followed, {followed.size()}).consumed == whole.consumed);
}

}  // namespace
}  // namespace waybill::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    waybill::http::check_chunks(waybill::http::text_of(data, size));
    return 0;
}
