#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/auth/algorithm.hpp"
#include "chassis/base/error.hpp"

namespace waybill::auth {

/// A public key that may verify signatures. Immutable and thread-safe; shared by key sets.
class VerificationKey {
 public:
    virtual ~VerificationKey() = default;
    virtual const std::string& kid() const = 0;
    /// `kty` fits the algorithm, and so does the key's own `alg` when it has one.
    virtual bool fits(Algorithm) const = 0;
    /// True when `signature` (as in JWS: raw r and s for ES256) is of `input`. The key must fit.
    virtual bool verify(Algorithm, std::string_view input, std::string_view signature) const = 0;
    /// RFC 7638 thumbprint, with `kid` and `alg`: equal for equal keys.
    virtual const std::string& fingerprint() const = 0;
};

/// The keys of an issuer as one immutable value. Thread-safe.
class KeySet {
 public:
    static constexpr std::size_t bytes_max = 256 * 1024;
    static constexpr std::size_t keys_max = 64;

    /// Reads a JWK set (RFC 7517). Keys that cannot verify here are left out: without `kid`,
    /// `use` other than `sig`, `key_ops` without `verify`, a foreign `kty`, `crv` or `alg`, RSA
    /// below 2048 or above 8192 bits or with an exponent below 65537 or even, points off their
    /// curve, members of a wrong type, private or symmetric members. Of two keys with one `kid`
    /// and kind the first counts. Fails only for what is no JWK set at all.
    static Result<std::shared_ptr<const KeySet>> parse(std::string_view jwks);

    /// The key of that id for that algorithm, or nullptr.
    const VerificationKey* find(std::string_view kid, Algorithm) const;
    bool has(std::string_view kid) const;
    std::size_t size() const { return keys_.size(); }
    /// Same keys, in whatever order.
    bool same_as(const KeySet& other) const { return fingerprint_ == other.fingerprint_; }

 private:
    std::vector<std::unique_ptr<const VerificationKey>> keys_;
    std::string fingerprint_;
};

}  // namespace waybill::auth
