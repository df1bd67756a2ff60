#include "chassis/auth/signing.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include <utility>

#include "chassis/auth/base64url.hpp"
#include "chassis/auth/openssl.hpp"
#include "chassis/base/check.hpp"

namespace waybill::auth {
namespace {

using namespace ossl;

using Bio = std::unique_ptr<BIO, Free<BIO_free>>;

constexpr int p256_bytes = 32;
constexpr int rsa_bits = 2048;

const char* kind_of(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::es256:
            return "EC";
        case Algorithm::eddsa:
            return "ED25519";
        case Algorithm::rs256:
        case Algorithm::ps256:
            break;
    }
    return "RSA";
}

/// A number of the key, big-endian; `width` bytes, or as many as it needs.
std::string member(const EVP_PKEY& key, const char* param, int width = 0) {
    BIGNUM* raw = nullptr;
    CHECK(EVP_PKEY_get_bn_param(&key, param, &raw) == 1);
    const Number value(raw);
    const int size = width != 0 ? width : BN_num_bytes(raw);
    std::string bytes_out(static_cast<std::size_t>(size), '\0');
    CHECK(BN_bn2binpad(raw, bytes(bytes_out), size) == size);
    return encode_base64url(bytes_out);
}

/// The members that RFC 7638 demands, in its order.
std::string thumbprint_input(const EVP_PKEY& key, Algorithm algorithm) {
    if (algorithm == Algorithm::es256)
        return fmt::format(R"({{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}})",
                           member(key, OSSL_PKEY_PARAM_EC_PUB_X, p256_bytes),
                           member(key, OSSL_PKEY_PARAM_EC_PUB_Y, p256_bytes));
    if (algorithm == Algorithm::eddsa) {
        std::string x(32, '\0');
        std::size_t size = x.size();
        CHECK(EVP_PKEY_get_raw_public_key(&key, bytes(x), &size) == 1);
        return fmt::format(R"({{"crv":"Ed25519","kty":"OKP","x":"{}"}})", encode_base64url(x));
    }
    return fmt::format(R"({{"e":"{}","kty":"RSA","n":"{}"}})", member(key, OSSL_PKEY_PARAM_RSA_E),
                       member(key, OSSL_PKEY_PARAM_RSA_N));
}

/// ES256's raw r and s from the DER that OpenSSL makes (RFC 7518 section 3.4).
std::string raw_of_der(std::string_view der) {
    const unsigned char* in = bytes(der);
    const EcdsaSignature pair(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
    CHECK(pair);
    std::string raw(2 * p256_bytes, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes(raw), p256_bytes);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes(raw) + p256_bytes, p256_bytes);
    return raw;
}

}  // namespace

struct SigningKey::Impl {
    Pkey key;
};

SigningKey::SigningKey(Algorithm algorithm, std::unique_ptr<Impl> impl)
    : algorithm_(algorithm), impl_(std::move(impl)) {
    const std::string members = thumbprint_input(*impl_->key, algorithm_);
    kid_ = encode_base64url(sha256(members));
    jwk_ = fmt::format(R"({},"kid":"{}","use":"sig","alg":"{}"}})",
                       std::string_view(members).substr(0, members.size() - 1), kid_,
                       name(algorithm_));
}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::generate(Algorithm algorithm) {
    const std::string_view kind = kind_of(algorithm);
    Pkey key;
    if (kind == "EC")
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    else if (kind == "RSA")
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(rsa_bits)));
    else
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    if (!key) return fail(Problem::internal_error, "A signing key could not be made.");
    return SigningKey(algorithm, std::make_unique<Impl>(std::move(key)));
}

Result<SigningKey> SigningKey::from_pem(Algorithm algorithm, std::string_view pem) {
    const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    // The empty password keeps OpenSSL from asking for one on the terminal.
    Pkey key(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, const_cast<char*>(""))
                : nullptr);
    if (!key || EVP_PKEY_is_a(key.get(), kind_of(algorithm)) != 1)
        return fail(Problem::internal_error, "A signing key file holds no usable key.");
    const bool wide_enough = EVP_PKEY_get_bits(key.get()) >= rsa_bits;
    const bool is_rsa = EVP_PKEY_is_a(key.get(), "RSA") == 1;
    if (is_rsa && !wide_enough)
        return fail(Problem::internal_error, "A signing key file holds too small a key.");
    return SigningKey(algorithm, std::make_unique<Impl>(std::move(key)));
}

std::string SigningKey::to_pem() const {
    const Bio out(BIO_new(BIO_s_mem()));
    CHECK(out && PEM_write_bio_PKCS8PrivateKey(out.get(), impl_->key.get(), nullptr, nullptr, 0,
                                               nullptr, nullptr) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string SigningKey::sign(std::string_view input) const {
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    const char* digest = algorithm_ == Algorithm::eddsa ? nullptr : "SHA256";
    CHECK(context && EVP_DigestSignInit_ex(context.get(), &parameters, digest, nullptr, nullptr,
                                           impl_->key.get(), nullptr) == 1);
    if (algorithm_ == Algorithm::ps256)
        CHECK(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1);
    std::size_t size = 0;
    CHECK(EVP_DigestSign(context.get(), nullptr, &size, bytes(input), input.size()) == 1);
    std::string signature(size, '\0');
    CHECK(EVP_DigestSign(context.get(), bytes(signature), &size, bytes(input), input.size()) == 1);
    signature.resize(size);
    return algorithm_ == Algorithm::es256 ? raw_of_der(signature) : signature;
}

std::string key_set_json(std::string_view first_jwk, std::string_view second_jwk) {
    return fmt::format(R"({{"keys":[{}{}{}]}})", first_jwk, second_jwk.empty() ? "" : ",",
                       second_jwk);
}

std::string sign_token(const SigningKey& key, std::string_view header, std::string_view claims) {
    std::string token = encode_base64url(header);
    token += '.';
    token += encode_base64url(claims);
    const std::string signature = key.sign(token);
    token += '.';
    token += encode_base64url(signature);
    return token;
}

std::string sign_token(const SigningKey& key, std::string_view claims) {
    return sign_token(
        key,
        fmt::format(R"({{"alg":"{}","kid":"{}","typ":"JWT"}})", name(key.algorithm()), key.kid()),
        claims);
}

}  // namespace waybill::auth
