#include "chassis/auth/claims.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace waybill::auth {
namespace {

constexpr std::size_t subject_bytes_max = 255;
constexpr std::size_t name_bytes_max = 255;
constexpr std::size_t list_items_max = 256;
constexpr std::string_view reserved_subject = "role:";  // addresses a role, never a person
constexpr std::int64_t year_10000_s = 253402300800;

tl::unexpected<Refusal> because(Refusal refusal) {
    return tl::unexpected<Refusal>(refusal);
}

/// No control character: the names go to logs and headers.
bool printable(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

/// A string member; nullopt when it is of another kind or no name; empty when absent.
std::optional<std::string> optional_name(const json::Value& claims, std::string_view name) {
    const json::Value* value = claims.find(name);
    if (value == nullptr) return std::string();
    if (!value->is_string() || value->text().size() > name_bytes_max || !printable(value->text()))
        return std::nullopt;
    return std::string(value->text());
}

/// A NumericDate: seconds, with a fraction or without (RFC 7519 section 2).
std::optional<Timestamp> numeric_date(const json::Value& value) {
    const auto number = value.as_decimal();
    if (!number || number->unscaled < 0 || number->scale < 0 || number->scale > 18)
        return std::nullopt;
    std::int64_t unit = 1;
    for (int i = 0; i < number->scale; ++i) unit *= 10;
    const std::int64_t seconds = number->unscaled / unit;
    const std::int64_t rest = number->unscaled % unit;
    if (seconds >= year_10000_s) return std::nullopt;
    const std::int64_t us =
        unit <= 1'000'000 ? rest * (1'000'000 / unit) : rest / (unit / 1'000'000);
    return Timestamp{seconds * 1'000'000 + us};
}

std::optional<Refusal> check_times(const json::Value& claims, const TokenRules& rules,
                                   Timestamp now, VerifiedToken& token) {
    const json::Value* exp = claims.find("exp");
    const auto expires = exp == nullptr ? std::nullopt : numeric_date(*exp);
    if (!expires) return Refusal::claim;
    token.expires_at = *expires;
    token.usable_until = *expires + rules.leeway;
    if (now >= token.usable_until) return Refusal::expired;
    for (const auto& [name, refusal] :
         {std::pair("nbf", Refusal::not_yet_valid), std::pair("iat", Refusal::issued_in_future)}) {
        const json::Value* value = claims.find(name);
        if (value == nullptr) continue;
        const auto begin = numeric_date(*value);
        if (!begin) return Refusal::claim;
        if (now < *begin - rules.leeway) return refusal;
    }
    return std::nullopt;
}

bool names_one_of(const json::Value& value, const std::vector<std::string>& audiences) {
    return std::find(audiences.begin(), audiences.end(), value.text()) != audiences.end();
}

std::optional<Refusal> check_audience(const json::Value& claims, const TokenRules& rules) {
    const json::Value* aud = claims.find("aud");
    if (aud == nullptr) return Refusal::audience;
    if (aud->is_string())
        return names_one_of(*aud, rules.audiences) ? std::nullopt
                                                   : std::optional(Refusal::audience);
    const auto all = aud->items();
    if (!aud->is_array() || all.size() > list_items_max ||
        !std::all_of(all.begin(), all.end(), [](const auto& one) { return one.is_string(); }))
        return Refusal::claim;
    const bool named = std::any_of(all.begin(), all.end(), [&](const json::Value& one) {
        return names_one_of(one, rules.audiences);
    });
    return named ? std::nullopt : std::optional(Refusal::audience);
}

/// RFC 6749 section 3.3: printable ASCII without quote and backslash.
bool is_scope_token(std::string_view token) {
    return std::all_of(token.begin(), token.end(),
                       [](char c) { return c >= 0x21 && c <= 0x7e && c != '"' && c != '\\'; });
}

bool read_scopes(const json::Value& claims, std::vector<std::string>& scopes) {
    const json::Value* scope = claims.find("scope");
    if (scope == nullptr) return true;
    if (!scope->is_string()) return false;
    std::string_view rest = scope->text();
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        const std::string_view token = rest.substr(0, end);
        if (!is_scope_token(token) || scopes.size() == list_items_max) return false;
        if (!token.empty()) scopes.emplace_back(token);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return true;
}

bool read_roles(const json::Value& claims, std::string_view path, std::vector<std::string>& roles) {
    const json::Value* at = path.empty() ? nullptr : &claims;
    while (at != nullptr && !path.empty()) {
        if (!at->is_object()) return false;
        const auto end = std::min(path.find('.'), path.size());
        at = at->find(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    if (at == nullptr) return true;
    if (!at->is_array() || at->items().size() > list_items_max) return false;
    for (const json::Value& role : at->items()) {
        if (!role.is_string()) return false;
        roles.emplace_back(role.text());
    }
    return true;
}

bool read_names(const json::Value& claims, VerifiedToken& token) {
    auto subject = optional_name(claims, "sub");
    auto client = optional_name(claims, "azp");
    if (client && client->empty()) client = optional_name(claims, "client_id");
    auto user_name = optional_name(claims, "preferred_username");
    auto token_id = optional_name(claims, "jti");
    if (!subject || !client || !user_name || !token_id) return false;
    if (subject->empty() || subject->size() > subject_bytes_max ||
        subject->starts_with(reserved_subject))
        return false;
    token.principal.subject = std::move(*subject);
    token.principal.client = std::move(*client);
    token.principal.user_name = std::move(*user_name);
    token.token_id = std::move(*token_id);
    return true;
}

}  // namespace

Verification<VerifiedToken> read_claims(const json::Value& claims, const TokenRules& rules,
                                        Timestamp now) {
    const json::Value* issuer = claims.find("iss");
    if (issuer == nullptr || !issuer->is_string() || issuer->text() != rules.issuer)
        return because(Refusal::issuer);
    if (const auto refusal = check_audience(claims, rules)) return because(*refusal);
    VerifiedToken token;
    if (const auto refusal = check_times(claims, rules, now, token)) return because(*refusal);
    if (claims.find("cnf") != nullptr || !read_names(claims, token) ||
        !read_scopes(claims, token.principal.scopes) ||
        !read_roles(claims, rules.role_path, token.principal.roles))
        return because(Refusal::claim);
    return token;
}

}  // namespace waybill::auth
