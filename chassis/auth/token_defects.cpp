#include "chassis/auth/token_defects.hpp"

#include <fmt/format.h>
#include <openssl/hmac.h>

#include "chassis/auth/base64url.hpp"
#include "chassis/auth/openssl.hpp"
#include "chassis/base/check.hpp"
#include "chassis/base/json_writer.hpp"

namespace waybill::auth::testing {
namespace {

std::string quoted(std::string_view text) {
    std::string out;
    json::append_quoted(out, text);
    return out;
}

Credentials bearer(std::string_view token) {
    return {{fmt::format("Bearer {}", token)}, {}};
}
/// A token whose one claim is wrong.
Credentials claim(const Forge& f, std::string_view name, std::string json) {
    return bearer(f.token({{name, std::move(json)}}));
}
/// A token of sound claims under a header that has one more member.
Credentials header(const Forge& f, const SigningKey& signer, std::string_view member) {
    return bearer(sign_token(signer,
                             fmt::format(R"({{"alg":"RS256","kid":"{}",{}}})", f.key.kid(), member),
                             f.claims()));
}
std::string unsigned_token(std::string_view header_json, std::string_view claims_json) {
    return fmt::format("{}.{}.", encode_base64url(header_json), encode_base64url(claims_json));
}
std::string edited(std::string token, std::size_t from_end, char letter) {
    token[token.size() - from_end] = letter;
    return token;
}
std::string other_letter(const std::string& token, std::size_t from_end) {
    return edited(token, from_end, token[token.size() - from_end] == 'A' ? 'B' : 'A');
}

Credentials hmac_with_public_key(const Forge& f) {
    std::string token = unsigned_token(
        fmt::format(R"({{"alg":"HS256","kid":"{}","typ":"JWT"}})", f.key.kid()), f.claims());
    const std::string input = token.substr(0, token.size() - 1);
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    const std::string& secret = f.key.public_jwk();
    CHECK(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), ossl::bytes(input),
               input.size(), mac, &size) != nullptr);
    return bearer(token + encode_base64url({reinterpret_cast<const char*>(mac), size}));
}

Credentials algorithm_not_pinned(const Forge& f) {
    const auto key = SigningKey::from_pem(Algorithm::ps256, f.key.to_pem());
    CHECK(key.has_value());
    return bearer(sign_token(*key, f.claims()));
}

/// The last letter of an RSA signature carries four bits that must be zero.
Credentials stray_bits(const Forge& f) {
    const std::string token = f.token();
    return bearer(edited(token, 1, static_cast<char>(token.back() + 1)));
}

Credentials claims_swapped(const Forge& f) {
    const std::string token = f.token();
    const auto first = token.find('.');
    const auto second = token.rfind('.');
    return bearer(token.substr(0, first + 1) +
                  encode_base64url(f.claims({{"sub", R"("someone-else")"}})) +
                  token.substr(second));
}

Credentials signature_of_another_token(const Forge& f) {
    const std::string token = f.token();
    const std::string other = f.token({{"sub", R"("someone-else")"}});
    return bearer(token.substr(0, token.rfind('.')) + other.substr(other.rfind('.')));
}

Credentials member_twice(const Forge& f, std::string_view in_header, std::string_view in_claims) {
    const std::string claims = f.claims();
    return bearer(
        sign_token(f.key, fmt::format(R"({{"alg":"RS256","kid":"{}"{}}})", f.key.kid(), in_header),
                   claims.substr(0, claims.size() - 1) + std::string(in_claims) + "}"));
}

Credentials embedded_key(const Forge& f) {
    return bearer(sign_token(f.foreign,
                             fmt::format(R"({{"alg":"RS256","kid":"{}","jwk":{}}})",
                                         f.foreign.kid(), f.foreign.public_jwk()),
                             f.claims()));
}

Credentials deep_claims(const Forge& f) {
    return claim(f, "deep", std::string(64, '[') + std::string(64, ']'));
}

constexpr TokenDefect defects[] = {
    {"no_token", Refusal::missing_token, [](const Forge&) { return Credentials{}; }},
    {"empty_token", Refusal::missing_token, [](const Forge&) { return bearer(""); }},
    {"other_scheme", Refusal::wrong_scheme,
     [](const Forge& f) { return Credentials{{"Basic " + f.token()}, {}}; }},
    {"no_scheme", Refusal::wrong_scheme,
     [](const Forge& f) { return Credentials{{f.token()}, {}}; }},
    {"two_authorization_fields", Refusal::repeated_authorization,
     [](const Forge& f) {
         return Credentials{{"Bearer " + f.token(), "Bearer " + f.token()}, {}};
     }},
    {"token_in_query", Refusal::token_in_query,
     [](const Forge& f) { return Credentials{{}, "access_token=" + f.token()}; }},
    {"token_in_query_escaped", Refusal::token_in_query,
     [](const Forge& f) { return Credentials{{}, "limit=1&access%5Ftoken=" + f.token()}; }},
    {"token_in_query_and_field", Refusal::token_in_query,
     [](const Forge& f) {
         return Credentials{{"Bearer " + f.token()}, "access_token=" + f.token()};
     }},
    {"two_parts", Refusal::malformed,
     [](const Forge& f) {
         const std::string token = f.token();
         return bearer(token.substr(0, token.rfind('.')));
     }},
    {"four_parts", Refusal::malformed, [](const Forge& f) { return bearer(f.token() + ".e30"); }},
    {"padding", Refusal::malformed, [](const Forge& f) { return bearer(f.token() + "=="); }},
    {"stray_bits", Refusal::malformed, stray_bits},
    {"foreign_letters", Refusal::malformed,
     [](const Forge& f) { return bearer(edited(f.token(), 20, '+')); }},
    {"header_no_json", Refusal::malformed,
     [](const Forge& f) { return bearer(sign_token(f.key, "RS256", f.claims())); }},
    {"claims_no_object", Refusal::malformed,
     [](const Forge& f) { return bearer(sign_token(f.key, "[" + f.claims() + "]")); }},
    {"header_member_twice", Refusal::malformed,
     [](const Forge& f) { return member_twice(f, R"(,"alg":"RS256")", ""); }},
    {"claim_twice", Refusal::malformed,
     [](const Forge& f) { return member_twice(f, "", R"(,"sub":"someone-else")"); }},
    {"deep_claims", Refusal::malformed, deep_claims},
    {"oversize", Refusal::too_large,
     [](const Forge& f) { return claim(f, "pad", quoted(std::string(9000, 'x'))); }},
    {"algorithm_none", Refusal::algorithm,
     [](const Forge& f) {
         return bearer(unsigned_token(R"({"alg":"none","typ":"JWT"})", f.claims()));
     }},
    {"algorithm_none_disguised", Refusal::algorithm,
     [](const Forge& f) {
         return bearer(unsigned_token(fmt::format(R"({{"alg":"nOnE","kid":"{}"}})", f.key.kid()),
                                      f.claims()));
     }},
    {"hmac_with_public_key", Refusal::algorithm, hmac_with_public_key},
    {"algorithm_not_pinned", Refusal::algorithm, algorithm_not_pinned},
    {"algorithm_missing", Refusal::malformed,
     [](const Forge& f) {
         return bearer(
             sign_token(f.key, fmt::format(R"({{"kid":"{}"}})", f.key.kid()), f.claims()));
     }},
    {"kid_missing", Refusal::unknown_key,
     [](const Forge& f) { return bearer(sign_token(f.key, R"({"alg":"RS256"})", f.claims())); }},
    {"kid_unknown", Refusal::unknown_key,
     [](const Forge& f) { return bearer(sign_token(f.foreign, f.claims())); }},
    {"kid_no_string", Refusal::malformed,
     [](const Forge& f) {
         return bearer(sign_token(f.key, R"({"alg":"RS256","kid":1})", f.claims()));
     }},
    {"signed_by_another_key", Refusal::signature,
     [](const Forge& f) { return header(f, f.foreign, R"("typ":"JWT")"); }},
    {"key_in_header", Refusal::unknown_key, embedded_key},
    {"key_url_in_header", Refusal::signature,
     [](const Forge& f) { return header(f, f.foreign, R"("jku":"https://evil.example/keys")"); }},
    {"certificate_url_in_header", Refusal::signature,
     [](const Forge& f) { return header(f, f.foreign, R"("x5u":"https://evil.example/c.pem")"); }},
    {"certificate_in_header", Refusal::signature,
     [](const Forge& f) { return header(f, f.foreign, R"("x5c":["MIIB"])"); }},
    {"critical_extension", Refusal::critical_header,
     [](const Forge& f) { return header(f, f.key, R"("crit":["exp"],"exp":1)"); }},
    {"payload_not_encoded", Refusal::critical_header,
     [](const Forge& f) { return header(f, f.key, R"("b64":false)"); }},
    {"type_of_logout_token", Refusal::type,
     [](const Forge& f) { return header(f, f.key, R"("typ":"logout+jwt")"); }},
    {"no_signature", Refusal::signature,
     [](const Forge& f) {
         const std::string token = f.token();
         return bearer(token.substr(0, token.rfind('.') + 1));
     }},
    {"signature_changed", Refusal::signature,
     [](const Forge& f) { return bearer(other_letter(f.token(), 10)); }},
    {"signature_of_another_token", Refusal::signature, signature_of_another_token},
    {"claims_swapped", Refusal::signature, claims_swapped},
    {"expired", Refusal::expired,
     [](const Forge& f) { return claim(f, "exp", f.seconds_from_now(-31)); }},
    {"exp_missing", Refusal::claim, [](const Forge& f) { return claim(f, "exp", ""); }},
    {"exp_no_number", Refusal::claim,
     [](const Forge& f) { return claim(f, "exp", quoted(f.seconds_from_now(600))); }},
    {"exp_out_of_range", Refusal::claim, [](const Forge& f) { return claim(f, "exp", "1e30"); }},
    {"exp_negative", Refusal::claim, [](const Forge& f) { return claim(f, "exp", "-1"); }},
    {"not_yet_valid", Refusal::not_yet_valid,
     [](const Forge& f) { return claim(f, "nbf", f.seconds_from_now(40)); }},
    {"nbf_no_number", Refusal::claim, [](const Forge& f) { return claim(f, "nbf", "true"); }},
    {"issued_in_future", Refusal::issued_in_future,
     [](const Forge& f) { return claim(f, "iat", f.seconds_from_now(40)); }},
    {"issuer_other", Refusal::issuer,
     [](const Forge& f) { return claim(f, "iss", quoted("https://evil.example/realms/waybill")); }},
    {"issuer_with_slash", Refusal::issuer,
     [](const Forge& f) { return claim(f, "iss", quoted(f.issuer + "/")); }},
    {"issuer_missing", Refusal::issuer, [](const Forge& f) { return claim(f, "iss", ""); }},
    {"issuer_no_string", Refusal::issuer,
     [](const Forge& f) { return claim(f, "iss", "[" + quoted(f.issuer) + "]"); }},
    {"audience_other", Refusal::audience,
     [](const Forge& f) { return claim(f, "aud", R"(["account","waybill-console"])"); }},
    {"audience_part_of_name", Refusal::audience,
     [](const Forge& f) { return claim(f, "aud", quoted(f.audience + "-2")); }},
    {"audience_missing", Refusal::audience, [](const Forge& f) { return claim(f, "aud", ""); }},
    {"audience_empty_list", Refusal::audience,
     [](const Forge& f) { return claim(f, "aud", "[]"); }},
    {"audience_of_wrong_type", Refusal::claim,
     [](const Forge& f) { return claim(f, "aud", "[" + quoted(f.audience) + ",7]"); }},
    {"subject_missing", Refusal::claim, [](const Forge& f) { return claim(f, "sub", ""); }},
    {"subject_empty", Refusal::claim, [](const Forge& f) { return claim(f, "sub", R"("")"); }},
    {"subject_no_string", Refusal::claim, [](const Forge& f) { return claim(f, "sub", "42"); }},
    {"subject_of_a_role", Refusal::claim,
     [](const Forge& f) { return claim(f, "sub", R"("role:operator")"); }},
    {"subject_too_long", Refusal::claim,
     [](const Forge& f) { return claim(f, "sub", quoted(std::string(256, 's'))); }},
    {"subject_with_line_break", Refusal::claim,
     [](const Forge& f) { return claim(f, "sub", quoted("a\r\nX-Role: admin")); }},
    {"scope_as_list", Refusal::claim,
     [](const Forge& f) { return claim(f, "scope", R"(["orders.read"])"); }},
    {"roles_no_list", Refusal::claim,
     [](const Forge& f) { return claim(f, "realm_access", R"({"roles":"admin"})"); }},
    {"role_no_string", Refusal::claim,
     [](const Forge& f) { return claim(f, "realm_access", R"({"roles":["admin",1]})"); }},
    {"bound_to_sender", Refusal::claim,
     [](const Forge& f) {
         return claim(f, "cnf", R"({"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2Hglbv"})");
     }},
};

}  // namespace

std::string Forge::seconds_from_now(std::int64_t seconds) const {
    return fmt::format("{}", now.us / 1'000'000 + seconds);
}

std::string Forge::claims(const Claims& changed) const {
    Claims all{{"iss", quoted(issuer)},
               {"aud", "[" + quoted(audience) + "]"},
               {"sub", quoted(subject)},
               {"azp", quoted(client)},
               {"scope", quoted(scope)},
               {"realm_access", fmt::format(R"({{"roles":[{}]}})", quoted(role))},
               {"preferred_username", quoted("customer1")},
               {"jti", quoted("77777777-7777-4777-8777-777777777777")},
               {"iat", seconds_from_now(0)},
               {"exp", seconds_from_now(900)}};
    for (const auto& [name, json] : changed) {
        std::erase_if(all, [&](const auto& member) { return member.first == name; });
        if (!json.empty()) all.emplace_back(name, json);
    }
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    for (const auto& [name, json] : all) writer.key(name).raw(json);
    writer.end_object();
    return text;
}

std::string Forge::token(const Claims& changed) const {
    return sign_token(key, claims(changed));
}

Credentials sound(const Forge& forge) {
    return bearer(forge.token());
}
std::span<const TokenDefect> token_defects() {
    return defects;
}

}  // namespace waybill::auth::testing
