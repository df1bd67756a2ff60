#include "services/identity/discovery.hpp"

#include <fmt/format.h>

#include <initializer_list>

#include "chassis/base/json_writer.hpp"
#include "services/identity/directory.hpp"

namespace waybill::identity {
namespace {

void write_list(json::Writer& out, std::string_view name,
                std::initializer_list<std::string_view> values) {
    out.plain_key(name).begin_array();
    for (const std::string_view value : values) out.string(value);
    out.end_array();
}

void write_endpoints(json::Writer& out, std::string_view issuer) {
    constexpr std::pair<std::string_view, std::string_view> endpoints[] = {
        {"authorization_endpoint", "auth"},
        {"token_endpoint", "token"},
        {"userinfo_endpoint", "userinfo"},
        {"jwks_uri", "certs"},
        {"introspection_endpoint", "token/introspect"},
        {"revocation_endpoint", "revoke"},
        {"end_session_endpoint", "logout"},
    };
    for (const auto& [name, path] : endpoints)
        out.plain_key(name).string(fmt::format("{}/protocol/openid-connect/{}", issuer, path));
}

}  // namespace

std::string discovery_document(std::string_view issuer) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    out.plain_key("issuer").string(issuer);
    write_endpoints(out, issuer);
    write_list(out, "response_types_supported", {"code"});
    write_list(out, "response_modes_supported", {"query"});
    write_list(out, "grant_types_supported",
               {"authorization_code", "refresh_token", "password", "client_credentials"});
    write_list(out, "subject_types_supported", {"public"});
    write_list(out, "id_token_signing_alg_values_supported", {"RS256"});
    write_list(out, "code_challenge_methods_supported", {"S256"});
    write_list(out, "token_endpoint_auth_methods_supported",
               {"none", "client_secret_basic", "client_secret_post"});
    write_list(out, "introspection_endpoint_auth_methods_supported",
               {"client_secret_basic", "client_secret_post"});
    write_list(out, "claims_supported",
               {"iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "sid", "jti",
                "scope", "realm_access", "preferred_username"});
    out.plain_key("scopes_supported").begin_array();
    for (std::string scopes = all_scopes(); !scopes.empty();) {
        const auto end = std::min(scopes.find(' '), scopes.size());
        out.string(scopes.substr(0, end));
        scopes.erase(0, end + 1);
    }
    out.end_array();
    out.plain_key("authorization_response_iss_parameter_supported").boolean(true);
    out.end_object();
    return text;
}

}  // namespace waybill::identity
