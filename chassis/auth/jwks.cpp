#include "chassis/auth/jwks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "chassis/auth/base64url.hpp"
#include "chassis/auth/verification_key.hpp"
#include "chassis/base/json.hpp"

namespace waybill::auth {
namespace {

constexpr std::size_t kid_bytes_max = 255;
constexpr std::size_t jwks_depth_max = 8;

/// `name` is absent, or a string equal to `wanted`.
bool absent_or(const json::Value& jwk, std::string_view name, std::string_view wanted) {
    const json::Value* value = jwk.find(name);
    return value == nullptr || (value->is_string() && value->text() == wanted);
}

bool may_verify(const json::Value& jwk) {
    if (!absent_or(jwk, "use", "sig")) return false;
    for (const std::string_view secret : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
        if (jwk.find(secret) != nullptr) return false;
    const json::Value* operations = jwk.find("key_ops");
    if (operations == nullptr) return true;
    const auto all = operations->items();
    return std::any_of(all.begin(), all.end(), [](const json::Value& operation) {
        return operation.is_string() && operation.text() == "verify";
    });
}

/// The key's own facts; nothing when it cannot be chosen by any token.
std::optional<KeyFacts> facts_of(const json::Value& jwk) {
    const std::string_view kid = jwk.text_at("kid");
    if (!jwk.is_object() || kid.empty() || kid.size() > kid_bytes_max || !may_verify(jwk))
        return std::nullopt;
    const json::Value* alg = jwk.find("alg");
    if (alg == nullptr) return KeyFacts{std::string(kid), std::nullopt};
    const auto only = alg->is_string() ? parse_algorithm(alg->text()) : std::nullopt;
    if (!only) return std::nullopt;
    return KeyFacts{std::string(kid), only};
}

std::string bytes_of(const json::Value& jwk, std::string_view name) {
    return decode_base64url(jwk.text_at(name)).value_or(std::string());
}

std::unique_ptr<const VerificationKey> make_key(const json::Value& jwk) {
    auto facts = facts_of(jwk);
    if (!facts) return nullptr;
    const std::string_view kind = jwk.text_at("kty");
    const std::string_view curve = jwk.text_at("crv");
    if (kind == "RSA") return make_rsa_key(*facts, bytes_of(jwk, "n"), bytes_of(jwk, "e"));
    if (kind == "EC" && curve == "P-256")
        return make_p256_key(*facts, bytes_of(jwk, "x"), bytes_of(jwk, "y"));
    if (kind == "OKP" && curve == "Ed25519") return make_ed25519_key(*facts, bytes_of(jwk, "x"));
    return nullptr;
}

constexpr std::array algorithms{Algorithm::rs256, Algorithm::ps256, Algorithm::es256,
                                Algorithm::eddsa};

}  // namespace

Result<std::shared_ptr<const KeySet>> KeySet::parse(std::string_view jwks) {
    auto document = json::parse(jwks, {.bytes_max = bytes_max, .depth_max = jwks_depth_max});
    if (!document) return fail(std::move(document.error()));
    const json::Value* listed = document->find("keys");
    if (listed == nullptr || !listed->is_array())
        return fail(Problem::bad_gateway, "A key set has no list of keys.");
    if (listed->items().size() > keys_max)
        return fail(Problem::bad_gateway, "A key set holds too many keys.");
    auto set = std::make_shared<KeySet>();  // shared with verifications that are running
    std::vector<std::string> fingerprints;
    for (const json::Value& jwk : listed->items()) {
        auto key = make_key(jwk);
        const bool taken = key && std::any_of(algorithms.begin(), algorithms.end(), [&](auto a) {
                               return key->fits(a) && set->find(key->kid(), a) != nullptr;
                           });
        if (!key || taken) continue;
        fingerprints.push_back(key->fingerprint());
        set->keys_.push_back(std::move(key));
    }
    std::sort(fingerprints.begin(), fingerprints.end());
    for (const auto& fingerprint : fingerprints) (set->fingerprint_ += fingerprint) += '\n';
    return set;
}

const VerificationKey* KeySet::find(std::string_view kid, Algorithm algorithm) const {
    for (const auto& key : keys_)
        if (key->kid() == kid && key->fits(algorithm)) return key.get();
    return nullptr;
}

bool KeySet::has(std::string_view kid) const {
    return std::any_of(keys_.begin(), keys_.end(),
                       [&](const auto& key) { return key->kid() == kid; });
}

}  // namespace waybill::auth
