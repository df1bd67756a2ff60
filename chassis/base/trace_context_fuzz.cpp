#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/base/check.hpp"
#include "chassis/base/trace_context.hpp"

namespace {

/// W3C Trace Context 3.2.2 and 4.3, as a pattern of letters: `h` stands for a lower-case hex digit.
bool model_accepts(std::string_view text) {
    static const std::string pattern =
        "hh-" + std::string(32, 'h') + "-" + std::string(16, 'h') + "-hh";
    if (text.size() < pattern.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool hex = std::string_view("0123456789abcdef").find(text[i]) != text.npos;
        if (pattern[i] == 'h' ? !hex : text[i] != pattern[i]) return false;
    }
    const std::string_view version = text.substr(0, 2);
    if (version == "ff") return false;
    if (text.substr(3, 32).find_first_not_of('0') == text.npos) return false;
    if (text.substr(36, 16).find_first_not_of('0') == text.npos) return false;
    if (version == "00") return text.size() == pattern.size();
    return text.size() == pattern.size() || text[pattern.size()] == '-';
}

}  // namespace

// Oracle: an independent reading of the grammar decides what is taken; what was taken is written
// as version 00 with the same letters, and reads the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto context = waybill::TraceContext::parse(text);
    CHECK(context.has_value() == model_accepts(text));
    if (!context) return 0;
    CHECK(context->valid());
    const std::string written = context->traceparent();
    CHECK(written == "00" + std::string(text.substr(2, 53)));
    CHECK(waybill::TraceContext::parse(written) == context);
    return 0;
}
