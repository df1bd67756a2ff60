#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "chassis/auth/algorithm.hpp"
#include "chassis/auth/jwks.hpp"
#include "chassis/auth/refusal.hpp"
#include "chassis/base/json.hpp"
#include "chassis/base/time.hpp"
#include "chassis/http/principal.hpp"

namespace waybill::auth {

/// What one issuer's access tokens must look like.
struct TokenRules {
    std::string issuer;                                    ///< `iss`, compared exactly
    std::vector<std::string> audiences = {"waybill-api"};  ///< `aud` must name one of them
    std::vector<Algorithm> algorithms = {Algorithm::rs256};
    Duration leeway = std::chrono::seconds(30);
    std::string role_path = "realm_access.roles";  ///< members joined by dots; empty: no roles
    std::string type = {};  ///< `typ` demanded, `at+jwt` for RFC 9068; empty: not looked at
};

/// A token whose signature and claims hold.
struct VerifiedToken {
    http::Principal principal;
    Timestamp expires_at{};    ///< `exp`
    Timestamp usable_until{};  ///< `exp` and the leeway
    std::string token_id;      ///< `jti`; may be empty
};

/// A token taken apart; nothing of it is believed yet. Views are into the token's text.
struct UnverifiedToken {
    Algorithm algorithm = Algorithm::rs256;
    std::string kid;
    std::string type;
    std::string_view signing_input;
    std::string signature;
    json::Document claims;
    std::string issuer;
};

inline constexpr std::size_t token_bytes_max = 8 * 1024;

template <class T>
using Verification = tl::expected<T, Refusal>;

/// Takes a JWS compact serialisation apart (RFC 7515, RFC 8725): exactly three canonical parts,
/// JSON objects without repeated members. `jwk`, `jku`, `x5u` and `x5c` are not looked at, `crit`
/// and `b64` are refused.
Verification<UnverifiedToken> parse_token(std::string_view token);

/// Checks the signature with the key that `kid` names, then type and claims at `now`. `keys` is
/// the issuer's set, `rules` are the issuer's.
Verification<VerifiedToken> verify_token(const UnverifiedToken&, const KeySet& keys,
                                         const TokenRules& rules, Timestamp now);

/// Both, for a single issuer.
Verification<VerifiedToken> verify_token(std::string_view token, const KeySet& keys,
                                         const TokenRules& rules, Timestamp now);

}  // namespace waybill::auth
