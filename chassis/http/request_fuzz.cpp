#include "chassis/http/fuzz_support.hpp"
#include "chassis/http/request_parser.hpp"

namespace waybill::http {
namespace {

struct SeenRequest {
    ParseState state = ParseState::incomplete;
    std::uint16_t status = 0;
    std::size_t size = 0;
    std::string method, path, query, host;
    std::vector<std::string> fields;
    Framing framing = Framing::none;
    std::uint64_t length = 0;
    bool version_1_0 = false, keep_alive = false, expects_continue = false;
    friend bool operator==(const SeenRequest&, const SeenRequest&) = default;
};

/// Small, so that a fuzzer finds them; what is written again may be longer than it was.
const HeadLimits small{.start_line_bytes = 200, .bytes = 600, .fields = 10};
const HeadLimits roomy;

SeenRequest parse(std::string_view text, const std::vector<std::size_t>& ends,
                  const HeadLimits& limits = small) {
    RequestParser parser(limits);
    SeenRequest seen;
    for (const std::size_t end : ends) {
        const std::string bytes(text.substr(0, end));  // a new place each time, and exact bounds
        seen.state = parser.feed(bytes);
        if (seen.state == ParseState::refused) seen.status = parser.refusal().status;
        if (seen.state == ParseState::complete) {
            const RequestHead& head = parser.head();
            seen = {seen.state,
                    0,
                    parser.size(),
                    std::string(head.method),
                    std::string(head.path),
                    std::string(head.query),
                    std::string(head.host),
                    lines_of(parser.headers(bytes)),
                    head.framing,
                    head.content_length,
                    head.version_1_0,
                    head.keep_alive,
                    head.expects_continue};
        }
        if (seen.state != ParseState::incomplete) break;
    }
    return seen;
}

/// The same request as this codec's own client would write it.
std::string write(const SeenRequest& seen) {
    std::string text = seen.method + " " + seen.path;
    if (!seen.query.empty()) text += "?" + seen.query;
    text += seen.version_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
    for (const std::string& field : seen.fields) text += field + "\r\n";
    return text + "\r\n";
}

void check_request(std::string_view text) {
    const SeenRequest whole = parse(text, {text.size()});
    require(parse(text, prefixes(text)) == whole);
    if (whole.state == ParseState::refused) require(whole.status >= 400 && whole.status <= 505);
    if (whole.state != ParseState::complete) return;
    require(has_clean_lines(text.substr(0, whole.size)));
    int hosts = 0, lengths = 0, codings = 0;
    for (const std::string& field : whole.fields) {
        const std::string_view name = std::string_view(field).substr(0, field.find(':'));
        hosts += equal_ignoring_case(name, "host");
        lengths += equal_ignoring_case(name, "content-length");
        codings += equal_ignoring_case(name, "transfer-encoding");
    }
    require(lengths + codings <= 1);
    require(whole.version_1_0 ? hosts <= 1 && codings == 0 : hosts == 1);
    require((lengths == 1) == (whole.framing == Framing::length));
    require((codings == 1) == (whole.framing == Framing::chunked));
    const std::string written = write(whole);
    SeenRequest again = parse(written, {written.size()}, roomy);
    require(equal_ignoring_case(again.host, whole.host) || hosts == 0);
    again.host = whole.host;
    again.size = whole.size;
    require(again == whole);
}

}  // namespace
}  // namespace waybill::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    waybill::http::check_request(waybill::http::text_of(data, size));
    return 0;
}
