#include "services/identity/codes.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "chassis/auth/base64url.hpp"
#include "chassis/auth/openssl.hpp"

namespace waybill::identity {
namespace {

constexpr std::size_t verifier_min = 43;
constexpr std::size_t verifier_max = 128;
constexpr std::size_t sha256_size = 32;

/// Secrets are looked up by their hash, so that the time of a look-up tells nothing of them.
std::string hash_of(std::string_view secret) {
    return auth::ossl::sha256(secret);
}

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool is_verifier_letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

}  // namespace

void Codes::put(std::string_view code, CodeGrant grant, MonoTime now) {
    std::lock_guard lock(mutex_);
    fresh_.put(hash_of(code), std::move(grant), now);
}

Codes::Taken Codes::take(std::string_view code, Uuid session, MonoTime now) {
    const std::string name = hash_of(code);
    std::lock_guard lock(mutex_);
    if (const Uuid* first = used_.find(name, now)) return {std::nullopt, *first};
    auto grant = fresh_.take(name, now);
    if (grant) used_.put(name, session, now);
    return {std::move(grant), std::nullopt};
}

void LoginForms::put(std::string_view token, std::string_view cookie, AuthorizationRequest request,
                     MonoTime now) {
    std::lock_guard lock(mutex_);
    forms_.put(hash_of(token), Form{hash_of(cookie), std::move(request)}, now);
}

std::optional<AuthorizationRequest> LoginForms::take(std::string_view token,
                                                     std::string_view cookie, MonoTime now) {
    std::lock_guard lock(mutex_);
    auto form = forms_.take(hash_of(token), now);
    if (!form || !same(form->cookie_hash, hash_of(cookie))) return std::nullopt;
    return std::move(form->request);
}

bool verifier_fits(std::string_view verifier, std::string_view challenge) {
    if (verifier.size() < verifier_min || verifier.size() > verifier_max ||
        !std::all_of(verifier.begin(), verifier.end(), is_verifier_letter))
        return false;
    return same(auth::encode_base64url(hash_of(verifier)), challenge);
}

bool is_challenge(std::string_view challenge) {
    const auto bytes = auth::decode_base64url(challenge);
    return bytes && bytes->size() == sha256_size;
}

}  // namespace waybill::identity
