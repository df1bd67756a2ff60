#pragma once
#include <memory>
#include <string>

#include "chassis/auth/jwks.hpp"
#include "chassis/auth/jwt.hpp"
#include "chassis/auth/signing.hpp"
#include "chassis/auth/token_defects.hpp"

namespace waybill::auth::testing {

inline constexpr Timestamp test_now{1'795'000'000'000'000};  // some day in 2026
inline const std::string test_issuer = "http://127.0.0.1:8080/realms/waybill";

/// Keys are costly: one set for all tests of a program.
inline const SigningKey& issuer_key() {
    static const SigningKey key = std::move(*SigningKey::generate(Algorithm::rs256));
    return key;
}
inline const SigningKey& foreign_key() {
    static const SigningKey key = std::move(*SigningKey::generate(Algorithm::rs256));
    return key;
}
inline std::shared_ptr<const KeySet> key_set(const SigningKey& key) {
    return *KeySet::parse(key_set_json(key.public_jwk()));
}
inline TokenRules test_rules() {
    return {.issuer = test_issuer};
}
inline Forge forge() {
    return {issuer_key(), foreign_key(), test_issuer, test_now};
}

}  // namespace waybill::auth::testing
