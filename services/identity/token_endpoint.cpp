#include "services/identity/token_endpoint.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "chassis/base/json_writer.hpp"
#include "chassis/runtime/task.hpp"
#include "services/identity/sign_in.hpp"

namespace waybill::identity {
namespace {

std::int64_t seconds(Duration time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

tl::unexpected<OauthError> unauthorized_client() {
    return refused("unauthorized_client", "The client may not use this grant.");
}
tl::unexpected<OauthError> invalid_grant(std::string why) {
    return refused("invalid_grant", std::move(why));
}

/// Members that every answer has.
void write_access(json::Writer& out, const Realm& realm, const Grant& grant, Uuid id,
                  Timestamp now) {
    out.plain_key("access_token")
        .string(access_token(realm.secrets.signing_key, realm.issuer, grant, id, now));
    out.plain_key("token_type").string("Bearer");
    out.plain_key("expires_in").number(seconds(access_token_life));
    out.plain_key("scope").string(grant.scope);
}

}  // namespace

Task<http::Response> TokenEndpoint::handle(http::Call& call) {
    auto reply = co_await answer(call);
    co_return reply ? std::move(*reply) : to_response(reply.error());
}

Task<TokenEndpoint::Reply> TokenEndpoint::answer(http::Call& call) {
    const auto form = Form::of(call);
    if (!form) co_return tl::unexpected<OauthError>(form.error());
    const auto client = check_client(realm_, call.request, *form);
    if (!client) co_return tl::unexpected<OauthError>(client.error());
    const auto grant = form->get("grant_type");
    if (grant == "authorization_code") co_return co_await by_code(*form, **client, call.deadline);
    if (grant == "password") co_return co_await by_password(call, *form, **client);
    if (grant == "refresh_token")
        co_return co_await by_refresh_token(*form, **client, call.deadline);
    if (grant == "client_credentials") co_return by_credentials(*form, **client);
    if (grant.empty()) co_return refused("invalid_request", "The parameter grant_type is missing.");
    co_return refused("unsupported_grant_type", "This grant type is not supported.");
}

Task<TokenEndpoint::Reply> TokenEndpoint::by_code(const Form& form, const Client& client,
                                                  Deadline deadline) {
    if (!client.code) co_return unauthorized_client();
    const Uuid session_id = realm_.fresh_id();
    auto taken = realm_.codes.take(form.get("code"), session_id, realm_.env.monotonic());
    if (taken.reused) {
        // Somebody else has the code as well: what its first use gave is taken back.
        realm_.telemetry.log().warn("An authorisation code was used again; its session has ended");
        if (auto ended = co_await realm_.sessions->end(*taken.reused, deadline); !ended)
            co_return refused(ended.error());
    }
    if (!taken.grant) co_return invalid_grant("The code is unknown, used or expired.");
    const AuthorizationRequest& asked = taken.grant->request;
    if (asked.client != client.id || asked.redirect_uri != form.get("redirect_uri"))
        co_return invalid_grant("The code is for another client or redirect URI.");
    if (!verifier_fits(form.get("code_verifier"), asked.challenge))
        co_return invalid_grant("The code verifier does not fit the challenge.");
    const User& user = *taken.grant->user;
    Session session{.id = session_id,
                    .subject = std::string(user.subject),
                    .client = asked.client,
                    .scope = grant_scopes(asked.scope, user.role),
                    .authenticated_at = taken.grant->authenticated_at};
    co_return co_await begin_session(std::move(session), user, asked.nonce, deadline);
}

Task<TokenEndpoint::Reply> TokenEndpoint::by_password(const http::Call& call, const Form& form,
                                                      const Client& client) {
    if (!client.password) co_return unauthorized_client();
    if (form.get("username").empty() || form.get("password").empty())
        co_return refused("invalid_request", "The parameters username and password are needed.");
    const auto user = check_password(realm_, form.get("username"), form.get("password"),
                                     call.request.peer_address);
    if (!user) co_return tl::unexpected<OauthError>(user.error());
    Session session{.id = realm_.fresh_id(),
                    .subject = std::string((*user)->subject),
                    .client = std::string(client.id),
                    .scope = grant_scopes(form.get("scope"), (*user)->role),
                    .authenticated_at = realm_.env.now()};
    co_return co_await begin_session(std::move(session), **user, {}, call.deadline);
}

TokenEndpoint::Reply TokenEndpoint::by_credentials(const Form& form, const Client& client) {
    if (!client.credentials) return unauthorized_client();
    // The account is the application's own: it has every scope, beyond those of its role.
    const std::string scope = grant_scopes(form.get("scope"), "admin");
    std::string body;
    json::Writer out(body);
    out.begin_object();
    write_access(out, realm_, Grant{service_account(), client.id, scope}, realm_.fresh_id(),
                 realm_.env.now());
    out.end_object();
    return json_reply(std::move(body));
}

Task<TokenEndpoint::Reply> TokenEndpoint::by_refresh_token(const Form& form, const Client& client,
                                                           Deadline deadline) {
    const auto token = RefreshToken::open(form.get("refresh_token"), realm_.secrets.refresh_key);
    if (!token) co_return invalid_grant("The refresh token is not valid.");
    const Timestamp now = realm_.env.now();
    const auto rotation =
        co_await realm_.sessions->rotate(token->session, token->generation, std::string(client.id),
                                         now, now + refresh_token_life, deadline);
    if (!rotation) co_return refused(rotation.error());
    if (rotation->kind == Rotation::Kind::used_again)
        realm_.telemetry.log().warn("An old refresh token was used again; its session has ended");
    if (rotation->kind != Rotation::Kind::rotated)
        co_return invalid_grant("The session has ended, or the refresh token was used before.");
    const Session& session = rotation->session;
    const User* user = find_user_by_subject(session.subject);
    if (user == nullptr) co_return invalid_grant("The user is gone.");
    co_return tokens_of(session, *user, narrow_scopes(form.get("scope"), session.scope), {});
}

Task<TokenEndpoint::Reply> TokenEndpoint::begin_session(Session session, const User& user,
                                                        std::string nonce, Deadline deadline) {
    session.generation = 1;
    session.expires_at = realm_.env.now() + refresh_token_life;
    if (auto added = co_await realm_.sessions->add(session, deadline); !added)
        co_return refused(added.error());
    co_return tokens_of(session, user, session.scope, nonce);
}

http::Response TokenEndpoint::tokens_of(const Session& session, const User& user,
                                        std::string_view scope, std::string_view nonce) {
    const Timestamp now = realm_.env.now();
    const Grant grant{user, session.client, scope, session.id};
    std::string body;
    json::Writer out(body);
    out.begin_object();
    write_access(out, realm_, grant, realm_.fresh_id(), now);
    out.plain_key("refresh_token")
        .string(RefreshToken{session.id, session.generation}.seal(realm_.secrets.refresh_key));
    const auto left = std::chrono::ceil<std::chrono::seconds>(session.expires_at - now);
    out.plain_key("refresh_expires_in").number(left.count());
    out.plain_key("session_state").uuid(session.id);
    if (has_scope(scope, "openid"))
        out.plain_key("id_token")
            .string(id_token(realm_.secrets.signing_key, realm_.issuer, grant, nonce,
                             session.authenticated_at, now));
    out.end_object();
    return json_reply(std::move(body));
}

}  // namespace waybill::identity
