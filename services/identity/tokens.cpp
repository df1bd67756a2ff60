#include "services/identity/tokens.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "chassis/auth/base64url.hpp"
#include "chassis/auth/openssl.hpp"
#include "chassis/base/check.hpp"
#include "chassis/base/json_writer.hpp"

namespace waybill::identity {
namespace {

constexpr std::size_t id_size = 16;
constexpr std::size_t generation_size = 8;
constexpr std::size_t mac_size = 32;

std::int64_t seconds(Timestamp time) {
    return time.us / 1'000'000;
}

std::string mac_of(std::string_view text, std::string_view key) {
    std::string mac(mac_size, '\0');
    unsigned int size = 0;
    CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), auth::ossl::bytes(text),
               text.size(), auth::ossl::bytes(mac), &size) != nullptr &&
          size == mac_size);
    return mac;
}

void write_owner(json::Writer& out, std::string_view issuer, const Grant& grant) {
    out.plain_key("iss").string(issuer);
    out.plain_key("sub").string(grant.user.subject);
    out.plain_key("azp").string(grant.client);
    out.plain_key("preferred_username").string(grant.user.name);
    if (grant.session) out.plain_key("sid").uuid(*grant.session);
}

void write_times(json::Writer& out, Timestamp now) {
    out.plain_key("iat").number(seconds(now));
    out.plain_key("exp").number(seconds(now + access_token_life));
}

}  // namespace

std::string access_token(const auth::SigningKey& key, std::string_view issuer, const Grant& grant,
                         Uuid token_id, Timestamp now) {
    std::string claims;
    json::Writer out(claims);
    out.begin_object();
    write_owner(out, issuer, grant);
    out.plain_key("aud").begin_array().string(api_audience).end_array();
    out.plain_key("scope").string(grant.scope);
    out.plain_key("realm_access").begin_object();
    out.plain_key("roles").begin_array().string(grant.user.role).end_array().end_object();
    out.plain_key("jti").uuid(token_id);
    write_times(out, now);
    out.end_object();
    return auth::sign_token(key, claims);
}

std::string id_token(const auth::SigningKey& key, std::string_view issuer, const Grant& grant,
                     std::string_view nonce, Timestamp authenticated_at, Timestamp now) {
    std::string claims;
    json::Writer out(claims);
    out.begin_object();
    write_owner(out, issuer, grant);
    out.plain_key("aud").string(grant.client);
    out.plain_key("typ").string("ID");
    out.plain_key("auth_time").number(seconds(authenticated_at));
    if (!nonce.empty()) out.plain_key("nonce").string(nonce);
    write_times(out, now);
    out.end_object();
    return auth::sign_token(key, claims);
}

std::string RefreshToken::seal(std::string_view key) const {
    std::string text(session.raw());
    for (std::size_t i = 0; i < generation_size; ++i)
        text += static_cast<char>(static_cast<std::uint64_t>(generation) >> (56U - 8U * i));
    return auth::encode_base64url(text + mac_of(text, key));
}

std::optional<RefreshToken> RefreshToken::open(std::string_view text, std::string_view key) {
    const auto bytes = auth::decode_base64url(text);
    if (!bytes || bytes->size() != id_size + generation_size + mac_size) return std::nullopt;
    const std::string_view all = *bytes;
    const std::string mac = mac_of(all.substr(0, id_size + generation_size), key);
    if (CRYPTO_memcmp(mac.data(), all.data() + id_size + generation_size, mac_size) != 0)
        return std::nullopt;
    RefreshToken token{*Uuid::from_bytes(all.substr(0, id_size)), 0};
    std::uint64_t generation = 0;
    for (const char byte : all.substr(id_size, generation_size))
        generation = (generation << 8U) | static_cast<unsigned char>(byte);
    token.generation = static_cast<std::int64_t>(generation);
    return token;
}

}  // namespace waybill::identity
