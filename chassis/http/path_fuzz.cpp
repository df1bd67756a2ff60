#include "chassis/http/fuzz_support.hpp"
#include "chassis/http/path.hpp"
#include "chassis/http/path_model.hpp"

namespace waybill::http {
namespace {

void check_path(std::string_view raw) {
    std::string out;
    const bool taken = normalise_path(raw, out);
    const auto expected = PathModel::normalise(raw);
    require(taken == expected.has_value());
    if (!taken) return;
    require(out == *expected);
    std::string again;
    require(normalise_path(out, again) && again == out);
    require(out.find("/../") == std::string::npos && out.find("/./") == std::string::npos);
    require(!out.ends_with("/..") && !out.ends_with("/.") && out.find("//") == std::string::npos);
    for (const char c : out) require(c > ' ' && c < 0x7f && c != '\\' && c != '?' && c != '#');
    for (const std::string_view escape : {"%2F", "%5C", "%00", "%25", "%2E"})
        require(out.find(escape) == std::string::npos);
}

}  // namespace
}  // namespace waybill::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    waybill::http::check_path(waybill::http::text_of(data, size));
    return 0;
}
