#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/base/check.hpp"
#include "services/gateway/path_template.hpp"

namespace {

using namespace waybill::gateway;

/// A path that the template matches: its parameters filled in.
std::string example_of(std::string_view path, std::string_view value) {
    if (is_prefix_template(path)) path.remove_suffix(1);
    std::string out;
    while (!path.empty()) {
        if (path.front() == '{') {
            out += value;
            path.remove_prefix(path.find('}') + 1);
        } else {
            out += path.front();
            path.remove_prefix(1);
        }
    }
    return out;
}

}  // namespace

// Oracle: a template overlaps with itself and with every path that it matches; overlapping is
// mutual; equal shapes overlap.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t cut = std::min(input.find('\n'), input.size());
    const std::string_view a = input.substr(0, cut);
    const std::string_view b = input.substr(std::min(cut + 1, input.size()));
    if (!is_path_template(a)) return 0;
    CHECK(overlap(a, a));
    const std::string filled = example_of(a, "x");
    if (is_path_template(filled)) CHECK(overlap(a, filled) && overlap(filled, a));
    CHECK(rewrite(a, "", "") == a);
    if (!is_path_template(b)) return 0;
    CHECK(overlap(a, b) == overlap(b, a));
    if (shape_of(a) == shape_of(b)) CHECK(overlap(a, b));
    return 0;
}
