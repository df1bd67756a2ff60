#include "services/identity/identity.hpp"

#include <fmt/format.h>

#include <utility>

#include "chassis/auth/jwks.hpp"
#include "chassis/runtime/task.hpp"
#include "services/identity/authorize_endpoint.hpp"
#include "services/identity/discovery.hpp"
#include "services/identity/realm.hpp"
#include "services/identity/session_endpoints.hpp"
#include "services/identity/token_endpoint.hpp"

namespace waybill::identity {
namespace {

std::string path(std::string_view endpoint) {
    return fmt::format("{}/{}", protocol_path, endpoint);
}

/// A form of flat texts; each grant has its own parameters.
std::string form_schema() {
    return R"({"type":"object","additionalProperties":{"type":"string"}})";
}

http::RouteSpec open_to_all(std::string_view doc, std::string_view operation_id) {
    http::RouteSpec spec{};
    spec.scope = "public";
    spec.doc = doc;
    spec.operation_id = operation_id;
    return spec;
}

http::RouteSpec form_post(std::string_view doc, std::string_view operation_id,
                          std::string_view schema) {
    auto spec = open_to_all(doc, operation_id);
    spec.body = {schema, form_schema};
    spec.body_media_type = "application/x-www-form-urlencoded";
    return spec;
}

http::RouteSpec with_parameters(http::RouteSpec spec,
                                std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        http::Parameter parameter{};
        parameter.name = name;
        parameter.doc = "As OpenID Connect has it.";
        spec.parameters.push_back(parameter);
    }
    return spec;
}

Task<http::Response> at_once(http::Response response) {
    co_return response;
}

}  // namespace

struct Identity::Parts {
    Realm realm;
    TokenEndpoint token{realm};
    AuthorizeEndpoint authorize{realm};
    SessionEndpoints sessions{realm};
    std::string discovery = discovery_document(realm.issuer);
    std::string certs = auth::key_set_json(realm.secrets.signing_key.public_jwk());
};

std::string issuer_of(std::string_view host_and_port, bool secure) {
    return fmt::format("{}://{}{}", secure ? "https" : "http", host_and_port, realm_path);
}

Status check_listen(std::string_view host, bool allow_remote) {
    const bool v4 =
        host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
    if (allow_remote || v4 || host == "::1" || host == "[::1]" || host == "localhost") return {};
    return fail(Problem::validation_failed,
                fmt::format("listen: {} can be reached from other machines, and the development "
                            "identity's passwords are known to everybody; listen on 127.0.0.1, "
                            "use auth.issuer, or set identity.allow_remote = true",
                            host));
}

Result<std::unique_ptr<Identity>> Identity::open(Options options, Secrets secrets, Env& env,
                                                 telemetry::Telemetry& telemetry,
                                                 sql::Database& database) {
    auto sessions = SessionStore::open(env, database);
    if (!sessions) return fail(std::move(sessions.error()));
    auto keys = auth::KeySet::parse(auth::key_set_json(secrets.signing_key.public_jwk()));
    if (!keys) return fail(std::move(keys.error()));
    const std::string origin(origin_of(options.issuer));
    auto parts = std::unique_ptr<Parts>(
        new Parts{.realm = {.env = env,
                            .telemetry = telemetry,
                            .secrets = std::move(secrets),
                            .sessions = std::move(*sessions),
                            .issuer = std::move(options.issuer),
                            .redirects = Redirects(origin, std::move(options.redirect_uris))}});
    parts->realm.keys.set(std::move(*keys));
    return std::unique_ptr<Identity>(new Identity(std::move(parts)));
}

Identity::Identity(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Identity::~Identity() = default;

auth::KeySource& Identity::keys() {
    return parts_->realm.keys;
}
auth::TokenRules Identity::token_rules() const {
    return parts_->realm.rules();
}
void Identity::drain() {
    parts_->realm.sessions->stop();
}

void Identity::routes(http::Routes& table) {
    Parts& p = *parts_;
    const auto cached = [](const std::string& text) {
        auto response = json_reply(text);
        response.headers.set("Cache-Control", "public, max-age=60");
        response.headers.remove("Pragma");
        return response;
    };
    table.get(fmt::format("{}/.well-known/openid-configuration", realm_path),
              open_to_all("What this issuer offers", "discovery"),
              [&p, cached](http::Call&) { return at_once(cached(p.discovery)); });
    table.get(path("certs"), open_to_all("The keys that sign tokens", "certs"),
              [&p, cached](http::Call&) { return at_once(cached(p.certs)); });
    table.get(path("auth"),
              with_parameters(
                  open_to_all("Begin a sign-in", "authorize"),
                  {"response_type", "client_id",     "redirect_uri",   "scope",
                   "state",         "nonce",         "code_challenge", "code_challenge_method",
                   "response_mode", "prompt",        "max_age",        "display",
                   "ui_locales",    "id_token_hint", "login_hint",     "acr_values",
                   "claims",        "request",       "request_uri",    "resource",
                   "audience"}),
              [&p](http::Call& call) { return at_once(p.authorize.begin(call)); });
    table.post(std::string(AuthorizeEndpoint::login_path),
               form_post("The login page's form", "logIn", "LoginForm"),
               [&p](http::Call& call) { return at_once(p.authorize.log_in(call)); });
    table.post(path("token"), form_post("Get tokens", "token", "TokenRequest"),
               [&p](http::Call& call) { return p.token.handle(call); });
    table.get(path("userinfo"), open_to_all("Who an access token speaks of", "userInfo"),
              [&p](http::Call& call) { return at_once(p.sessions.user_info(call)); });
    table.post(path("token/introspect"),
               form_post("Whether a token holds", "introspect", "IntrospectionRequest"),
               [&p](http::Call& call) { return p.sessions.introspect(call); });
    table.post(path("revoke"), form_post("End a session", "revoke", "RevocationRequest"),
               [&p](http::Call& call) { return p.sessions.revoke(call); });
    table.get(path("logout"),
              with_parameters(open_to_all("Sign out in the browser", "endSession"),
                              {"id_token_hint", "post_logout_redirect_uri", "state", "client_id",
                               "logout_hint", "ui_locales"}),
              [&p](http::Call& call) { return p.sessions.end_session(call); });
    table.post(path("logout"), form_post("Sign out", "logOut", "LogoutRequest"),
               [&p](http::Call& call) { return p.sessions.log_out(call); });
}

}  // namespace waybill::identity
