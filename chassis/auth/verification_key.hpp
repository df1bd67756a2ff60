#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/auth/jwks.hpp"

namespace waybill::auth {

/// What every kind of key is made from.
struct KeyFacts {
    std::string kid;
    std::optional<Algorithm> only;  ///< the JWK's own `alg`
};

/// RSA from modulus and exponent, big-endian; nullptr when it is too small, too large or malformed
/// (RFC 7518 section 3.3, RFC 8725 section 3.2).
std::unique_ptr<const VerificationKey> make_rsa_key(KeyFacts, std::string_view modulus,
                                                    std::string_view exponent);
/// P-256 from its affine coordinates, 32 bytes each; nullptr when the point is off the curve.
std::unique_ptr<const VerificationKey> make_p256_key(KeyFacts, std::string_view x,
                                                     std::string_view y);
/// Ed25519 from its 32 bytes.
std::unique_ptr<const VerificationKey> make_ed25519_key(KeyFacts, std::string_view x);

}  // namespace waybill::auth
