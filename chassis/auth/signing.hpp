#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "chassis/auth/algorithm.hpp"
#include "chassis/base/error.hpp"

namespace waybill::auth {

/// A private key that signs tokens. Immutable; thread-safe.
class SigningKey {
 public:
    /// Makes a fresh key: RSA 2048 (some 200 ms), P-256 or Ed25519.
    static Result<SigningKey> generate(Algorithm);
    /// From to_pem(). The text must hold a key of the algorithm's kind.
    static Result<SigningKey> from_pem(Algorithm, std::string_view pem);
    /// PKCS #8, not encrypted.
    std::string to_pem() const;

    Algorithm algorithm() const { return algorithm_; }
    /// RFC 7638 thumbprint (SHA-256, base64url).
    const std::string& kid() const { return kid_; }
    /// The public half as a JWK with `kid`, `use` and `alg`.
    const std::string& public_jwk() const { return jwk_; }
    /// The JWS signature of `input`, raw bytes.
    std::string sign(std::string_view input) const;

    SigningKey(SigningKey&&) noexcept;
    SigningKey& operator=(SigningKey&&) noexcept;
    ~SigningKey();

 private:
    struct Impl;
    SigningKey(Algorithm algorithm, std::unique_ptr<Impl> impl);
    Algorithm algorithm_;
    std::unique_ptr<Impl> impl_;
    std::string kid_;
    std::string jwk_;
};

/// `{"keys":[…]}` of the public halves.
std::string key_set_json(std::string_view first_jwk, std::string_view second_jwk = {});

/// The compact serialisation of `header` and `claims` (JSON texts) signed by `key`.
std::string sign_token(const SigningKey& key, std::string_view header, std::string_view claims);
/// The usual header: `alg`, `kid` and `typ`.
std::string sign_token(const SigningKey& key, std::string_view claims);

}  // namespace waybill::auth
