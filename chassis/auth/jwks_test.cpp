#include "chassis/auth/jwks.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "chassis/auth/auth_testing.hpp"
#include "chassis/auth/base64url.hpp"
#include "chassis/auth/openssl.hpp"

namespace waybill::auth {
namespace {

using namespace testing;

/// The issuer's key with members of its JWK replaced: `"use":"sig"` → `"use":"enc"`.
std::string with(std::string_view from, std::string_view to, const SigningKey& key = issuer_key()) {
    std::string jwk = key.public_jwk();
    const auto at = jwk.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return jwk.replace(at, from.size(), to);
}
std::size_t usable(std::string_view jwk) {
    const auto set = KeySet::parse(key_set_json(jwk));
    EXPECT_TRUE(set) << jwk;
    return set ? (*set)->size() : 0;
}
std::string rsa_jwk(std::string_view modulus, std::string_view exponent) {
    return fmt::format(R"({{"kty":"RSA","kid":"k","n":"{}","e":"{}"}})", encode_base64url(modulus),
                       encode_base64url(exponent));
}

TEST(KeySet, RefusesWhatIsNoKeySet) {
    for (const std::string_view text :
         {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[],"keys":[]})", "not json"})
        EXPECT_FALSE(KeySet::parse(text)) << text;
    EXPECT_FALSE(KeySet::parse(std::string(KeySet::bytes_max + 1, ' ')));
}

TEST(KeySet, LeavesOutKeysThatMayNotVerify) {
    EXPECT_EQ(usable(with(R"("use":"sig")", R"("use":"enc")")), 0U);
    EXPECT_EQ(usable(with(R"("use":"sig")", R"("use":7)")), 0U);
    EXPECT_EQ(usable(with(R"("use":"sig")", R"("key_ops":["sign","encrypt"])")), 0U);
    EXPECT_EQ(usable(with(R"("alg":"RS256")", R"("alg":"RSA-OAEP")")), 0U);
    EXPECT_EQ(usable(with(R"("alg":"RS256")", R"("alg":"RS512")")), 0U);
    EXPECT_EQ(usable(with(R"("kid":)", R"("name":)")), 0U);
    EXPECT_EQ(usable(with(R"("kty":"RSA")", R"("kty":"EC")")), 0U);
    EXPECT_EQ(usable(with(R"("use":"sig")", R"("use":"sig","d":"AQAB")")), 0U);
    EXPECT_EQ(usable(R"({"kty":"oct","kid":"k","k":"c2VjcmV0"})"), 0U);
}

TEST(KeySet, LeavesOutRsaKeysThatAreTooWeakOrMalformed) {
    const std::string good(256, '\xc1');
    EXPECT_EQ(usable(rsa_jwk(good, std::string("\x01\x00\x01", 3))), 1U);
    EXPECT_EQ(usable(rsa_jwk(std::string(128, '\xc1'), std::string("\x01\x00\x01", 3))), 0U);
    EXPECT_EQ(usable(rsa_jwk(std::string(2048, '\xc1'), std::string("\x01\x00\x01", 3))), 0U);
    EXPECT_EQ(usable(rsa_jwk(std::string(256, '\xc0'), std::string("\x01\x00\x01", 3))), 0U);
    EXPECT_EQ(usable(rsa_jwk(good, "\x03")), 0U);
    EXPECT_EQ(usable(rsa_jwk(good, std::string("\x01\x00\x00", 3))), 0U);
    EXPECT_EQ(usable(rsa_jwk(good, std::string(16, '\xff'))), 0U);
    EXPECT_EQ(usable(rsa_jwk("", "")), 0U);
}

TEST(KeySet, LeavesOutPointsOffTheirCurve) {
    const auto key = SigningKey::generate(Algorithm::es256);
    ASSERT_TRUE(key);
    EXPECT_EQ(usable(key->public_jwk()), 1U);
    const auto zeros = encode_base64url(std::string(32, '\0'));
    EXPECT_EQ(usable(fmt::format(R"({{"kty":"EC","crv":"P-256","kid":"k","x":"{}","y":"{}"}})",
                                 zeros, zeros)),
              0U);
    EXPECT_EQ(usable(with(R"("crv":"P-256")", R"("crv":"P-384")", *key)), 0U);
    EXPECT_EQ(usable(with(R"("x":")", R"("x":"AA)", *key)), 0U);
}

TEST(KeySet, ChoosesByNameAmongTheKeysThatFit) {
    const std::string encryption = with(R"("use":"sig")", R"("use":"enc")", foreign_key());
    const auto set = *KeySet::parse(key_set_json(encryption, issuer_key().public_jwk()));
    EXPECT_NE(set->find(issuer_key().kid(), Algorithm::rs256), nullptr);
    EXPECT_EQ(set->find(issuer_key().kid(), Algorithm::ps256), nullptr);
    EXPECT_EQ(set->find(issuer_key().kid(), Algorithm::es256), nullptr);
    EXPECT_EQ(set->find(foreign_key().kid(), Algorithm::rs256), nullptr);
    EXPECT_EQ(set->find("", Algorithm::rs256), nullptr);
}

TEST(KeySet, LetsAKeyWithoutAlgServeBothRsaAlgorithms) {
    const auto set = *KeySet::parse(key_set_json(with(R"(,"alg":"RS256")", "")));
    EXPECT_NE(set->find(issuer_key().kid(), Algorithm::rs256), nullptr);
    EXPECT_NE(set->find(issuer_key().kid(), Algorithm::ps256), nullptr);
}

TEST(KeySet, KeepsTheFirstOfTwoKeysWithOneName) {
    const std::string second = with(foreign_key().kid(), issuer_key().kid(), foreign_key());
    const auto set = *KeySet::parse(key_set_json(issuer_key().public_jwk(), second));
    ASSERT_EQ(set->size(), 1U);
    EXPECT_TRUE(set->same_as(*key_set(issuer_key())));
}

TEST(KeySet, IsTheSameInWhateverOrderAndDiffersByAnyKey) {
    const auto& a = issuer_key().public_jwk();
    const auto& b = foreign_key().public_jwk();
    const auto both = *KeySet::parse(key_set_json(a, b));
    EXPECT_TRUE(both->same_as(**KeySet::parse(key_set_json(b, a))));
    EXPECT_FALSE(both->same_as(*key_set(issuer_key())));
    EXPECT_FALSE(key_set(issuer_key())->same_as(*key_set(foreign_key())));
}

TEST(SigningKey, ComesBackFromItsPemWithTheSameName) {
    const auto again = SigningKey::from_pem(Algorithm::rs256, issuer_key().to_pem());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->kid(), issuer_key().kid());
    EXPECT_FALSE(SigningKey::from_pem(Algorithm::es256, issuer_key().to_pem()));
    EXPECT_FALSE(SigningKey::from_pem(Algorithm::rs256, "-----BEGIN PRIVATE KEY-----\nAA\n"));
}

TEST(SigningKey, RefusesAnRsaKeyBelow2048Bits) {
    EVP_PKEY* small = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024});
    ASSERT_NE(small, nullptr);
    const ossl::Pkey owned(small);
    BIO* out = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(out, small, nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    const std::string pem(data, static_cast<std::size_t>(size));
    BIO_free(out);
    EXPECT_FALSE(SigningKey::from_pem(Algorithm::rs256, pem));
}

}  // namespace
}  // namespace waybill::auth
