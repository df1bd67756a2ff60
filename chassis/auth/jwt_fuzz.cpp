#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "chassis/auth/auth_testing.hpp"
#include "chassis/auth/base64url.hpp"

namespace {

using namespace waybill;
using namespace waybill::auth;

void require(bool holds) {
    if (!holds) std::abort();
}

/// Any text whatever: only the one token that the issuer signed may be accepted.
void any_text(std::string_view text) {
    static const std::string signed_token = testing::forge().token();
    static const auto keys = testing::key_set(testing::issuer_key());
    const auto verified = verify_token(text, *keys, testing::test_rules(), testing::test_now);
    require(!verified || text == signed_token);
    const auto bytes = decode_base64url(text);
    require(!bytes || encode_base64url(*bytes) == text);
}

/// The signed token with some of its bytes changed.
void changed_token(std::string_view edits) {
    std::string token = testing::forge().token();
    for (std::size_t i = 0; i + 3 <= edits.size(); i += 3) {
        const auto at =
            (static_cast<unsigned char>(edits[i]) << 8U) + static_cast<unsigned char>(edits[i + 1]);
        token[static_cast<std::size_t>(at) % token.size()] = edits[i + 2];
    }
    any_text(token);
}

/// Any claims under a sound signature: what is accepted keeps the promises of a principal.
void any_claims(std::string_view claims) {
    static const auto key = std::move(*SigningKey::generate(Algorithm::eddsa));
    static const auto keys = testing::key_set(key);
    TokenRules rules = testing::test_rules();
    rules.algorithms = {Algorithm::eddsa};
    const auto verified = verify_token(sign_token(key, claims), *keys, rules, testing::test_now);
    if (!verified) return;
    const auto& subject = verified->principal.subject;
    require(!subject.empty() && subject.size() <= 255 && !subject.starts_with("role:"));
    require(verified->usable_until > testing::test_now);
    for (const auto& scope : verified->principal.scopes)
        require(!scope.empty() && scope.find(' ') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 3 == 0) any_text(input);
    if (data[0] % 3 == 1) changed_token(input);
    if (data[0] % 3 == 2) any_claims(input);
    return 0;
}
