#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chassis/auth/refusal.hpp"
#include "chassis/auth/signing.hpp"
#include "chassis/base/time.hpp"

namespace waybill::auth::testing {

/// What a request says of its sender.
struct Credentials {
    std::vector<std::string> authorization;  ///< one field each
    std::string query;
};

/// Makes tokens as an issuer would, and as a forger might: for tests, at a verifier, at a service
/// or at a whole running instance.
struct Forge {
    const SigningKey& key;      ///< the issuer's own, RSA
    const SigningKey& foreign;  ///< RSA as well; the issuer never had it
    std::string issuer;
    Timestamp now;
    std::string audience = "waybill-api";
    std::string subject = "11111111-1111-4111-8111-111111111111";
    std::string client = "waybill-cli";
    std::string scope = "orders.read orders.write";
    std::string role = "customer";

    /// A claim's name and JSON text; an empty text leaves the claim out.
    using Claims = std::vector<std::pair<std::string_view, std::string>>;
    /// A sound token's claims with some of them replaced or added.
    std::string claims(const Claims& changed = {}) const;
    /// A sound token with these claims instead.
    std::string token(const Claims& changed = {}) const;
    /// The JSON text of seconds since 1970, so far from now.
    std::string seconds_from_now(std::int64_t seconds) const;
};

/// Credentials that no verifier of the platform may accept.
struct TokenDefect {
    std::string_view name;  ///< `expired`
    Refusal expected;
    Credentials (*make)(const Forge&);
};

/// `Bearer` with a sound token.
Credentials sound(const Forge&);
/// Every defect, each with a name of its own. The issuer is pinned to RS256.
std::span<const TokenDefect> token_defects();

}  // namespace waybill::auth::testing
