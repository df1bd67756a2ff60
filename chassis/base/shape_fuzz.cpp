#include <algorithm>
#include <cstdint>
#include <string_view>

#include "chassis/base/check.hpp"
#include "chassis/base/shapes_testing.hpp"

namespace waybill::json {
namespace {

bool is_pointer(std::string_view text) {
    return text.empty() || text.front() == '/';
}

/// What is read leniently is what is read strictly, but for unknown members.
template <class T>
void check_strictness(std::string_view text) {
    const Result<T> strict = read<T>(text);
    const Result<T> lenient = read<T>(text, Unknown::ignore);
    if (strict) {
        CHECK(lenient && *lenient == *strict);
        return;
    }
    const Error& error = strict.error();
    if (error.problem == Problem::malformed_json) {
        CHECK(!lenient && lenient.error().problem == Problem::malformed_json);
        return;
    }
    CHECK(error.problem == Problem::validation_failed && !error.faults.empty());
    std::size_t unknown = 0;
    for (const Fault& fault : error.faults) {
        CHECK(is_pointer(fault.pointer));
        if (fault.message == "is not a known member") ++unknown;
    }
    if (error.faults.size() == Reading::faults_max) return;
    CHECK(lenient.has_value() == (unknown == error.faults.size()));
    CHECK(lenient || lenient.error().faults.size() == error.faults.size() - unknown);
}

/// What was read is written so that it reads the same.
void check_round_trip(std::string_view text) {
    const Result<sample::Order> order = read<sample::Order>(text, Unknown::ignore);
    if (!order) return;
    const std::string written = write(*order);
    const Result<sample::Order> again = read<sample::Order>(written);
    CHECK(again && *again == *order);
    CHECK(write(*again) == written);
}

}  // namespace
}  // namespace waybill::json

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    waybill::json::check_strictness<waybill::sample::PlaceOrder>(text);
    waybill::json::check_strictness<waybill::sample::ProductPatch>(text);
    waybill::json::check_round_trip(text);
    return 0;
}
