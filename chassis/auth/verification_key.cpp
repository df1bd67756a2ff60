#include "chassis/auth/verification_key.hpp"

#include <fmt/format.h>

#include <mutex>
#include <utility>
#include <vector>

#include "chassis/auth/base64url.hpp"
#include "chassis/auth/openssl.hpp"
#include "chassis/base/check.hpp"

namespace waybill::auth {
namespace {

using namespace ossl;

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;
constexpr int rsa_exponent_bits_max = 64;
constexpr std::size_t coordinate_size = 32;

/// A verification context and a digest context, prepared once and used by one thread at a time.
struct Prepared {
    DigestContext digest;
    PkeyContext verify;
};

/// Prepared contexts of one key and algorithm: setting one up costs more than using it.
class ContextPool {
 public:
    Prepared take(EVP_PKEY& key, const EVP_MD& sha256, Algorithm algorithm) const {
        {
            std::lock_guard lock(mutex_);
            if (!free_.empty()) {
                Prepared prepared = std::move(free_.back());
                free_.pop_back();
                return prepared;
            }
        }
        return prepare(key, sha256, algorithm);
    }
    void give_back(Prepared prepared) const {
        std::lock_guard lock(mutex_);
        if (free_.size() < kept_max) free_.push_back(std::move(prepared));
    }

 private:
    static constexpr std::size_t kept_max = 64;

    static Prepared prepare(EVP_PKEY& key, const EVP_MD& sha256, Algorithm algorithm) {
        Prepared made{DigestContext(EVP_MD_CTX_new()),
                      PkeyContext(EVP_PKEY_CTX_new_from_pkey(nullptr, &key, nullptr))};
        EVP_PKEY_CTX* context = made.verify.get();
        CHECK(made.digest && context != nullptr && EVP_PKEY_verify_init(context) == 1);
        if (algorithm != Algorithm::es256) {
            const bool pss = algorithm == Algorithm::ps256;
            CHECK(EVP_PKEY_CTX_set_rsa_padding(
                      context, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1);
            CHECK(!pss || (EVP_PKEY_CTX_set_rsa_mgf1_md(context, &sha256) == 1 &&
                           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1));
        }
        CHECK(EVP_PKEY_CTX_set_signature_md(context, &sha256) == 1);
        return made;
    }

    mutable std::mutex mutex_;
    mutable std::vector<Prepared> free_;
};

class OpensslKey : public VerificationKey {
 public:
    OpensslKey(KeyFacts facts, Pkey key, std::string kind)
        : facts_(std::move(facts)),
          key_(std::move(key)),
          fingerprint_(
              fmt::format("{}|{}|{}", facts_.kid, facts_.only ? name(*facts_.only) : "", kind)) {}
    const std::string& kid() const final { return facts_.kid; }
    const std::string& fingerprint() const final { return fingerprint_; }

 protected:
    bool allows(Algorithm algorithm) const { return !facts_.only || *facts_.only == algorithm; }
    EVP_PKEY& key() const { return *key_; }

 private:
    KeyFacts facts_;
    Pkey key_;
    std::string fingerprint_;
};

/// RSA and P-256: the signature is of a SHA-256 digest.
class DigestKey : public OpensslKey {
 public:
    DigestKey(KeyFacts facts, Pkey key, std::string kind)
        : OpensslKey(std::move(facts), std::move(key), std::move(kind)),
          sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {
        CHECK(sha256_);
    }

 protected:
    bool check(const ContextPool& pool, Algorithm algorithm, std::string_view input,
               std::string_view signature) const {
        Prepared prepared = pool.take(key(), *sha256_, algorithm);
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned int size = 0;
        EVP_MD_CTX* context = prepared.digest.get();
        const bool holds = EVP_DigestInit_ex2(context, sha256_.get(), nullptr) == 1 &&
                           EVP_DigestUpdate(context, input.data(), input.size()) == 1 &&
                           EVP_DigestFinal_ex(context, digest, &size) == 1 &&
                           EVP_PKEY_verify(prepared.verify.get(), bytes(signature),
                                           signature.size(), digest, size) == 1;
        pool.give_back(std::move(prepared));
        return holds;
    }

 private:
    Digest sha256_;
};

class RsaKey final : public DigestKey {
 public:
    using DigestKey::DigestKey;
    bool fits(Algorithm algorithm) const override {
        return (algorithm == Algorithm::rs256 || algorithm == Algorithm::ps256) &&
               allows(algorithm);
    }
    bool verify(Algorithm algorithm, std::string_view input,
                std::string_view signature) const override {
        if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(&key()))) return false;
        return check(algorithm == Algorithm::ps256 ? pss_ : pkcs1_, algorithm, input, signature);
    }

 private:
    ContextPool pkcs1_;
    ContextPool pss_;
};

class P256Key final : public DigestKey {
 public:
    using DigestKey::DigestKey;
    bool fits(Algorithm algorithm) const override {
        return algorithm == Algorithm::es256 && allows(algorithm);
    }
    bool verify(Algorithm algorithm, std::string_view input,
                std::string_view signature) const override {
        if (signature.size() != 2 * coordinate_size) return false;
        EcdsaSignature pair(ECDSA_SIG_new());
        Number r = number(signature.substr(0, coordinate_size));
        Number s = number(signature.substr(coordinate_size));
        if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return false;
        static_cast<void>(r.release());  // the pair owns them now
        static_cast<void>(s.release());
        std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)), '\0');
        unsigned char* out = bytes(der);
        i2d_ECDSA_SIG(pair.get(), &out);
        return check(pool_, algorithm, input, der);
    }

 private:
    ContextPool pool_;
};

class Ed25519Key final : public OpensslKey {
 public:
    using OpensslKey::OpensslKey;
    bool fits(Algorithm algorithm) const override {
        return algorithm == Algorithm::eddsa && allows(algorithm);
    }
    bool verify(Algorithm, std::string_view input, std::string_view signature) const override {
        DigestContext context(EVP_MD_CTX_new());
        return context &&
               EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, &key()) == 1 &&
               EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(input),
                                input.size()) == 1;
    }
};

Pkey from_params(const char* kind, OSSL_PARAM_BLD& builder) {
    Params params(OSSL_PARAM_BLD_to_param(&builder));
    PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get());
    return Pkey(key);
}

bool acceptable_rsa(const BIGNUM& n, const BIGNUM& e) {
    const int bits = BN_num_bits(&n);
    return bits >= rsa_bits_min && bits <= rsa_bits_max && BN_is_odd(&n) == 1 &&
           BN_is_odd(&e) == 1 && BN_num_bits(&e) <= rsa_exponent_bits_max &&
           (BN_num_bits(&e) > 17 || BN_get_word(&e) >= 65537);
}

}  // namespace

std::string ossl::sha256(std::string_view text) {
    std::string digest(32, '\0');
    std::size_t size = digest.size();
    CHECK(EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), bytes(digest),
                       &size) == 1);
    return digest;
}

std::unique_ptr<const VerificationKey> make_rsa_key(KeyFacts facts, std::string_view modulus,
                                                    std::string_view exponent) {
    if (modulus.size() > rsa_bits_max / 8 + 1 || exponent.size() > 16) return nullptr;
    const Number n = number(modulus);
    const Number e = number(exponent);
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    if (!n || !e || !builder || !acceptable_rsa(*n, *e)) return nullptr;
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    Pkey key = from_params("RSA", *builder);
    if (!key) return nullptr;
    return std::make_unique<RsaKey>(
        std::move(facts), std::move(key),
        fmt::format("RSA|{}|{}", encode_base64url(modulus), encode_base64url(exponent)));
}

std::unique_ptr<const VerificationKey> make_p256_key(KeyFacts facts, std::string_view x,
                                                     std::string_view y) {
    if (x.size() != coordinate_size || y.size() != coordinate_size) return nullptr;
    const std::string point = fmt::format("\x04{}{}", x, y);
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    if (!builder) return nullptr;
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    Pkey key = from_params("EC", *builder);
    const PkeyContext context(key ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)
                                  : nullptr);
    if (!context || EVP_PKEY_public_check(context.get()) != 1) return nullptr;
    return std::make_unique<P256Key>(std::move(facts), std::move(key),
                                     "P-256|" + encode_base64url(point));
}

std::unique_ptr<const VerificationKey> make_ed25519_key(KeyFacts facts, std::string_view x) {
    Pkey key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, bytes(x), x.size()));
    if (!key) return nullptr;
    return std::make_unique<Ed25519Key>(std::move(facts), std::move(key),
                                        "Ed25519|" + encode_base64url(x));
}

}  // namespace waybill::auth
