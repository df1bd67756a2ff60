#include "chassis/http/fuzz_support.hpp"
#include "chassis/http/response_parser.hpp"

namespace waybill::http {
namespace {

struct SeenResponse {
    ParseState state = ParseState::incomplete;
    std::size_t size = 0;
    std::uint16_t status = 0;
    bool keep_alive = false;
    Framing framing = Framing::none;
    std::uint64_t length = 0;
    std::vector<std::string> fields;
    friend bool operator==(const SeenResponse&, const SeenResponse&) = default;
};

/// Small, so that a fuzzer finds them; what is written again may be longer than it was.
const HeadLimits small_response{.start_line_bytes = 200, .bytes = 600, .fields = 10};
const HeadLimits roomy_response;

SeenResponse parse(std::string_view text, const std::vector<std::size_t>& ends, bool to_head,
                   const HeadLimits& limits = small_response) {
    ResponseParser parser(limits);
    SeenResponse seen;
    for (const std::size_t end : ends) {
        const std::string bytes(text.substr(0, end));
        seen.state = parser.feed(bytes, to_head);
        if (seen.state == ParseState::complete) {
            const ResponseHead& head = parser.head();
            seen = {seen.state,
                    parser.size(),
                    head.status,
                    head.keep_alive,
                    head.framing,
                    head.content_length,
                    lines_of(parser.headers(bytes))};
        }
        if (seen.state != ParseState::incomplete) break;
    }
    return seen;
}

void check_response(std::string_view text) {
    const bool to_head = !text.empty() && text.back() == 'H';
    const SeenResponse whole = parse(text, {text.size()}, to_head);
    require(parse(text, prefixes(text), to_head) == whole);
    if (whole.state != ParseState::complete) return;
    require(has_clean_lines(text.substr(0, whole.size)));
    require(whole.status >= 100 && whole.status <= 599);
    if (to_head || whole.status < 200 || whole.status == 204 || whole.status == 304)
        require(whole.framing == Framing::none);
    if (whole.framing == Framing::until_close) require(!whole.keep_alive);
    const bool old = text.substr(text.find("HTTP/")).starts_with("HTTP/1.0");
    std::string written =
        (old ? "HTTP/1.0 " : "HTTP/1.1 ") + std::to_string(whole.status) + " \r\n";
    for (const std::string& field : whole.fields) written += field + "\r\n";
    written += "\r\n";
    SeenResponse again = parse(written, {written.size()}, to_head, roomy_response);
    again.size = whole.size;
    require(again == whole);
}

}  // namespace
}  // namespace waybill::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    waybill::http::check_response(waybill::http::text_of(data, size));
    return 0;
}
