#include <cstdint>
#include <string>
#include <string_view>

#include "app/routes_file.hpp"
#include "chassis/base/check.hpp"

// Oracle: reading is repeatable; a refusal says what and where; a rule that is read has what makes
// it one, and a place to be found at.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace waybill::app;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto rules = parse_route_rules(text, "routes.toml");
    const auto again = parse_route_rules(text, "routes.toml");
    CHECK(rules.has_value() == again.has_value());
    if (!rules) {
        CHECK(!rules.error().empty() && rules.error() == again.error());
        for (const auto& fault : rules.error()) CHECK(fault.starts_with("routes.toml:"));
        return 0;
    }
    CHECK(rules->size() == again->size());
    for (const auto& rule : *rules) {
        CHECK(!rule.method.empty() && !rule.path.empty());
        CHECK(rule.place.starts_with("routes.toml:"));
        if (rule.rate) CHECK(rule.rate->count >= 1 && rule.rate->burst >= 1);
        if (rule.concurrency_max) CHECK(*rule.concurrency_max >= 1);
        if (rule.timeout) CHECK(rule.timeout->count() >= 0);
    }
    return 0;
}
