#include "chassis/auth/jwt.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "chassis/auth/base64url.hpp"
#include "chassis/auth/claims.hpp"
#include "chassis/http/headers.hpp"

namespace waybill::auth {
namespace {

constexpr std::size_t header_depth_max = 4;
constexpr std::size_t claims_depth_max = 8;
constexpr std::size_t header_kid_bytes_max = 255;

tl::unexpected<Refusal> jwt_refused(Refusal refusal) {
    return tl::unexpected<Refusal>(refusal);
}

struct Parts {
    std::string_view header, claims, signature, signing_input;
};

std::optional<Parts> split(std::string_view token) {
    const auto first = token.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
        return std::nullopt;
    return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
                 token.substr(second + 1), token.substr(0, second)};
}

std::optional<json::Document> read_object(std::string_view part, std::size_t depth_max) {
    const auto text = decode_base64url(part);
    if (!text) return std::nullopt;
    auto document = json::parse(*text, {.bytes_max = token_bytes_max, .depth_max = depth_max});
    if (!document || !document->root().is_object()) return std::nullopt;
    return std::move(*document);
}

struct Header {
    Algorithm algorithm;
    std::string kid;
    std::string type;
};

/// A string member; nullopt when it is of another kind, empty when absent.
std::optional<std::string> text_or_absent(const json::Value& object, std::string_view name) {
    const json::Value* value = object.find(name);
    if (value == nullptr) return std::string();
    if (!value->is_string()) return std::nullopt;
    return std::string(value->text());
}

Verification<Header> read_header(const json::Value& header) {
    if (header.find("crit") != nullptr || header.find("b64") != nullptr)
        return jwt_refused(Refusal::critical_header);
    const json::Value* named = header.find("alg");
    if (named == nullptr || !named->is_string()) return jwt_refused(Refusal::malformed);
    const auto algorithm = parse_algorithm(named->text());
    if (!algorithm) return jwt_refused(Refusal::algorithm);
    auto kid = text_or_absent(header, "kid");
    auto type = text_or_absent(header, "typ");
    if (!kid || !type || kid->size() > header_kid_bytes_max) return jwt_refused(Refusal::malformed);
    // Without a name no key is chosen: trying them all would let the sender pick.
    if (kid->empty()) return jwt_refused(Refusal::unknown_key);
    return Header{*algorithm, std::move(*kid), std::move(*type)};
}

/// RFC 9068 section 4 when `wanted` names a type. Otherwise what says to be something else than
/// an access token (`logout+jwt`, `dpop+jwt`) is still refused (RFC 8725 section 3.11).
bool type_fits(std::string_view type, std::string_view wanted) {
    constexpr std::string_view prefix = "application/";
    if (type.size() > prefix.size() &&
        http::equal_ignoring_case(type.substr(0, prefix.size()), prefix))
        type.remove_prefix(prefix.size());
    if (!wanted.empty()) return http::equal_ignoring_case(type, wanted);
    return type.empty() || http::equal_ignoring_case(type, "JWT") ||
           http::equal_ignoring_case(type, "at+jwt");
}

}  // namespace

Verification<UnverifiedToken> parse_token(std::string_view token) {
    if (token.size() > token_bytes_max) return jwt_refused(Refusal::too_large);
    const auto parts = split(token);
    if (!parts) return jwt_refused(Refusal::malformed);
    const auto header_json = read_object(parts->header, header_depth_max);
    if (!header_json) return jwt_refused(Refusal::malformed);
    auto header = read_header(*header_json);
    if (!header) return jwt_refused(header.error());
    auto claims = read_object(parts->claims, claims_depth_max);
    auto signature = decode_base64url(parts->signature);
    if (!claims || !signature) return jwt_refused(Refusal::malformed);
    std::string issuer(claims->text_at("iss"));
    if (issuer.empty()) return jwt_refused(Refusal::issuer);
    return UnverifiedToken{header->algorithm,    std::move(header->kid), std::move(header->type),
                           parts->signing_input, std::move(*signature),  std::move(*claims),
                           std::move(issuer)};
}

Verification<VerifiedToken> verify_token(const UnverifiedToken& token, const KeySet& keys,
                                         const TokenRules& rules, Timestamp now) {
    const auto& pinned = rules.algorithms;
    if (std::find(pinned.begin(), pinned.end(), token.algorithm) == pinned.end())
        return jwt_refused(Refusal::algorithm);
    const VerificationKey* key = keys.find(token.kid, token.algorithm);
    if (key == nullptr) return jwt_refused(Refusal::unknown_key);
    if (!key->verify(token.algorithm, token.signing_input, token.signature))
        return jwt_refused(Refusal::signature);
    if (!type_fits(token.type, rules.type)) return jwt_refused(Refusal::type);
    return read_claims(token.claims, rules, now);
}

Verification<VerifiedToken> verify_token(std::string_view token, const KeySet& keys,
                                         const TokenRules& rules, Timestamp now) {
    const auto parsed = parse_token(token);
    if (!parsed) return jwt_refused(parsed.error());
    return verify_token(*parsed, keys, rules, now);
}

}  // namespace waybill::auth
