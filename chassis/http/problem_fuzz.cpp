#include "chassis/base/json.hpp"
#include "chassis/http/fuzz_support.hpp"
#include "chassis/http/problem.hpp"
#include "chassis/http/wire.hpp"

namespace waybill::http {
namespace {

void check_problem(std::string_view input) {
    if (input.empty() || !is_utf8(input.substr(1))) return;
    const auto kinds = static_cast<unsigned>(Problem::gateway_timeout) + 1;
    const auto kind = static_cast<Problem>(static_cast<unsigned char>(input.front()) % kinds);
    const std::string text(input.substr(1));
    Error error(kind, text);
    error.faults = {{text, text}, {"/" + text, "must be there"}};
    const Response response = problem(error, text, {});
    require(response.status == info(kind).status);
    require(response.headers.get("Content-Type") == "application/problem+json");
    const auto document = json::parse(response.body.bytes(), {.bytes_max = SIZE_MAX});
    require(document.has_value());
    const json::Value& root = document->root();
    require(root.text_at("type") == "/problems/" + std::string(info(kind).slug));
    require(root.find("status")->as_int64() == info(kind).status);
    require(text.empty() || (root.text_at("detail") == text && root.text_at("instance") == text));
    const auto faults = root.find("errors")->items();
    require(faults.size() == 2 && faults[0].text_at("pointer") == text &&
            faults[0].text_at("message") == text && faults[1].text_at("pointer") == "/" + text);
}

}  // namespace
}  // namespace waybill::http

// Oracle: the platform's own JSON reader, fuzzed against its grammar elsewhere, finds every text in
// its place, whatever is in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    waybill::http::check_problem(waybill::http::text_of(data, size));
    return 0;
}
