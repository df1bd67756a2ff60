#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"
#include "chassis/base/trace_context.hpp"
#include "chassis/http/message.hpp"

namespace waybill::auth {

/// Why a request was not authenticated: low cardinality, for metrics and for the challenge.
enum class Refusal : std::uint8_t {
    missing_token,
    repeated_authorization,  ///< two `Authorization` fields
    token_in_query,
    wrong_scheme,  ///< not `Bearer`
    malformed,     ///< not three canonical base64url parts of well-formed JSON
    too_large,
    algorithm,        ///< not one that the issuer is pinned to
    critical_header,  ///< `crit`, or a payload that is not base64url (`b64`)
    type,             ///< `typ` is not the one demanded
    unknown_key,
    signature,
    issuer,
    audience,
    expired,
    not_yet_valid,
    issued_in_future,
    claim,             ///< a claim is missing, of a wrong type or out of range
    keys_unavailable,  ///< the issuer's keys could not be had: 503, not 401
};
inline constexpr std::size_t refusal_count =
    static_cast<std::size_t>(Refusal::keys_unavailable) + 1;

/// `unknown_key`
std::string_view name(Refusal);
/// One sentence for people; it never quotes the token.
std::string_view description(Refusal);

/// 401 `unauthorized`, or 503 `unavailable` with Retry-After for keys_unavailable.
Error to_error(Refusal);

/// The value of `WWW-Authenticate` (RFC 6750 section 3): `Bearer error="invalid_token",
/// error_description="…"`; `invalid_request` for tokens sent in a wrong way.
std::string challenge(Refusal);

/// The whole answer: problem, and the challenge when it is a 401.
http::Response refuse(Refusal, std::string_view instance, const TraceContext& trace);

}  // namespace waybill::auth
