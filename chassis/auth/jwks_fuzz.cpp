#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "chassis/auth/auth_testing.hpp"

namespace {

using namespace waybill::auth;

void demand(bool holds) {
    if (!holds) std::abort();
}

/// Reading the same text again gives the same keys; keys are found by what they are, and none of
/// them believes a signature that another key made.
void any_set(std::string_view text) {
    static const std::string input = "header.claims";
    static const std::string signature = testing::foreign_key().sign(input);
    const auto set = KeySet::parse(text);
    if (!set) return;
    demand((*set)->size() <= KeySet::keys_max);
    demand((*set)->same_as(**KeySet::parse(text)));
    demand((*set)->find("", Algorithm::rs256) == nullptr);
    const auto* key = (*set)->find("k", Algorithm::rs256);
    if (key == nullptr) return;
    demand(key->kid() == "k" && !key->fits(Algorithm::eddsa) && !key->fits(Algorithm::es256));
    demand(!key->verify(Algorithm::rs256, input, signature));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    any_set(input);
    any_set(std::string(R"({"keys":[{"kid":"k",)") + std::string(input) + "}]}");
    return 0;
}
