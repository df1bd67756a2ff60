#include "chassis/auth/authenticator.hpp"

#include <algorithm>
#include <utility>

#include "chassis/http/query.hpp"
#include "chassis/runtime/task.hpp"

namespace waybill::auth {
namespace {

constexpr std::string_view scheme = "Bearer";

tl::unexpected<Refusal> refused(Refusal refusal) {
    return tl::unexpected<Refusal>(refusal);
}

/// An `access_token` parameter, however escaped. What cannot be decoded holds none that anybody
/// would find.
bool has_token(std::string_view query) {
    if (query.empty()) return false;
    const auto parsed = http::Query::parse(query);
    return parsed && parsed->get("access_token").has_value();
}

/// The only value of `Authorization`.
Verification<std::string_view> authorization(const http::Headers& headers) {
    std::string_view value;
    bool seen = false;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto field = headers.at(i);
        if (!http::equal_ignoring_case(field.name, "authorization")) continue;
        if (seen) return refused(Refusal::repeated_authorization);
        value = field.value;
        seen = true;
    }
    if (!seen) return refused(Refusal::missing_token);
    return value;
}

}  // namespace

Verification<std::string_view> bearer_token(const http::Headers& headers, std::string_view query) {
    auto value = authorization(headers);
    if (!value && value.error() != Refusal::missing_token) return value;
    if (has_token(query)) return refused(Refusal::token_in_query);
    if (!value) return value;
    std::string_view text = *value;
    if (!http::equal_ignoring_case(text.substr(0, scheme.size()), scheme) ||
        (text.size() > scheme.size() && text[scheme.size()] != ' '))
        return refused(Refusal::wrong_scheme);
    text.remove_prefix(scheme.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return refused(Refusal::missing_token);
    if (text.size() > token_bytes_max) return refused(Refusal::too_large);
    return text;
}

Authenticator::Authenticator(Env& env, telemetry::Telemetry& telemetry, std::vector<Issuer> issuers,
                             std::size_t cache_entries)
    : env_(env), telemetry_(telemetry), issuers_(std::move(issuers)), cache_(cache_entries) {}

bool Authenticator::ready() const {
    return std::all_of(issuers_.begin(), issuers_.end(),
                       [](const Issuer& issuer) { return issuer.keys.version() != 0; });
}

std::optional<Authenticator::Outcome> Authenticator::try_authenticate(
    const http::Request& request) {
    const auto token = bearer_token(request.headers, request.query);
    if (!token) return refused(token.error());
    if (auto known = cache_.find(*token, env_.now())) return known;
    return verify(*token, request.trace);
}

std::optional<Authenticator::Outcome> Authenticator::verify(std::string_view token,
                                                            const TraceContext& trace) {
    auto span = telemetry_.tracer().start("token.validate", telemetry::Kind::internal, trace);
    const auto parsed = parse_token(token);
    std::optional<Outcome> outcome;
    if (!parsed)
        outcome = refused(parsed.error());
    else if (const Issuer* issuer = issuer_of(*parsed))
        outcome = judge(token, *parsed, *issuer);
    else
        outcome = refused(Refusal::issuer);
    if (outcome && !*outcome) span.fail(name(outcome->error()));
    span.end();
    return outcome;
}

const Authenticator::Issuer* Authenticator::issuer_of(const UnverifiedToken& parsed) const {
    for (const Issuer& issuer : issuers_)
        if (issuer.rules.issuer == parsed.issuer) return &issuer;
    return nullptr;
}

std::optional<Authenticator::Outcome> Authenticator::judge(std::string_view token,
                                                           const UnverifiedToken& parsed,
                                                           const Issuer& issuer) {
    const auto& pinned = issuer.rules.algorithms;
    if (std::find(pinned.begin(), pinned.end(), parsed.algorithm) == pinned.end())
        return refused(Refusal::algorithm);  // said before any key is asked for
    // The version is read first: a set that comes in between is then only verified again.
    const std::uint64_t version = issuer.keys.version();
    const auto keys = issuer.keys.current();
    if (!keys) return std::nullopt;
    auto verified = verify_token(parsed, *keys, issuer.rules, env_.now());
    if (!verified) {
        if (verified.error() == Refusal::unknown_key && !keys->has(parsed.kid)) return std::nullopt;
        return refused(verified.error());
    }
    auto kept = std::make_shared<const VerifiedToken>(std::move(*verified));
    cache_.put(token, kept, issuer.keys, version);
    return kept;
}

Task<Authenticator::Outcome> Authenticator::authenticate(const http::Request& request,
                                                         Deadline deadline) {
    if (auto at_once = try_authenticate(request)) co_return std::move(*at_once);
    std::string token(*bearer_token(request.headers, request.query));
    co_return co_await verify_with_fresh_keys(std::move(token), deadline);
}

Task<Authenticator::Outcome> Authenticator::verify_with_fresh_keys(std::string token,
                                                                   Deadline deadline) {
    const auto parsed = parse_token(token);
    const Issuer* issuer = parsed ? issuer_of(*parsed) : nullptr;
    if (issuer == nullptr) co_return refused(Refusal::malformed);
    const bool fresh = co_await issuer->keys.refresh_for(parsed->kid, deadline);
    if (auto outcome = judge(token, *parsed, *issuer)) co_return std::move(*outcome);
    co_return refused(fresh ? Refusal::unknown_key : Refusal::keys_unavailable);
}

}  // namespace waybill::auth
