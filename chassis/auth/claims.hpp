#pragma once
#include "chassis/auth/jwt.hpp"
#include "chassis/base/json.hpp"

namespace waybill::auth {

/// Reads the claims of a token whose signature holds (RFC 7519 section 4.1, RFC 9068 section 2.2)
/// and checks them against the issuer's rules. A known claim of a wrong type is refused, not
/// ignored; a token bound to a key of its sender (`cnf`) is none that a bearer may use.
Verification<VerifiedToken> read_claims(const json::Value& claims, const TokenRules& rules,
                                        Timestamp now);

}  // namespace waybill::auth
