#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/check.hpp"
#include "chassis/telemetry/propagation.hpp"

namespace {

using namespace waybill::telemetry;

std::vector<std::string> listed(std::string_view list) {
    std::vector<std::string> out;
    while (!list.empty()) {
        const auto comma = list.find(',');
        std::string_view one = list.substr(0, comma);
        while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
        while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
        if (!one.empty()) out.emplace_back(one);
        if (comma == list.npos) break;
        list.remove_prefix(comma + 1);
    }
    return out;
}

/// Every member of `part` stands in `whole`, in the same order.
bool is_part_of(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
    std::size_t at = 0;
    for (const auto& one : part) {
        while (at < whole.size() && whole[at] != one) ++at;
        if (at++ == whole.size()) return false;
    }
    return true;
}

bool fit_for_a_field(std::string_view text) {
    for (const char c : text)
        if ((c < ' ' && c != '\t') || c > '~') return false;
    return true;
}

}  // namespace

// Oracle: what is sent on is a part of what came, within the bounds of W3C Trace Context and
// Baggage, harmless in a header, with no key twice, and sending it on again changes nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string state = bounded_tracestate(input);
    CHECK(state.size() <= 512 && listed(state).size() <= 32 && fit_for_a_field(state));
    CHECK(is_part_of(listed(state), listed(input)) && bounded_tracestate(state) == state);
    std::set<std::string> keys;
    for (const auto& member : listed(state))
        CHECK(keys.insert(member.substr(0, member.find('='))).second);

    const std::string baggage = bounded_baggage(input);
    CHECK(baggage.size() <= 8192 && listed(baggage).size() <= 64 && fit_for_a_field(baggage));
    CHECK(is_part_of(listed(baggage), listed(input)) && bounded_baggage(baggage) == baggage);

    const auto got = extract(input.substr(0, 55), input, input);
    CHECK(got.baggage == baggage &&
          (got.trace.valid() ? got.tracestate == state : got.tracestate.empty()));
    return 0;
}
