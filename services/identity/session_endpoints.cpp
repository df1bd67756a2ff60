#include "services/identity/session_endpoints.hpp"

#include <string>
#include <utility>

#include "chassis/auth/authenticator.hpp"
#include "chassis/base/json.hpp"
#include "chassis/runtime/task.hpp"
#include "services/identity/login_page.hpp"
#include "services/identity/sign_in.hpp"

namespace waybill::identity {
namespace {

constexpr std::string_view inactive = R"({"active":false})";

}  // namespace

http::Response SessionEndpoints::user_info(const http::Call& call) {
    const auto token = auth::bearer_token(call.request.headers, call.request.query);
    if (!token) return auth::refuse(token.error(), call.request.path, call.request.trace);
    const auto verified =
        auth::verify_token(*token, *realm_.keys.current(), realm_.rules(), realm_.env.now());
    if (!verified) return auth::refuse(verified.error(), call.request.path, call.request.trace);
    const http::Principal& who = verified->principal;
    std::string body;
    json::Writer out(body);
    out.begin_object();
    out.plain_key("sub").string(who.subject);
    out.plain_key("preferred_username").string(who.user_name);
    out.plain_key("realm_access").begin_object().plain_key("roles").begin_array();
    for (const std::string& role : who.roles) out.string(role);
    out.end_array().end_object().end_object();
    return json_reply(std::move(body));
}

std::optional<std::string> SessionEndpoints::describe_access_token(std::string_view token) {
    const auto parsed = auth::parse_token(token);
    if (!parsed) return std::nullopt;
    const auto verified =
        auth::verify_token(*parsed, *realm_.keys.current(), realm_.rules(), realm_.env.now());
    if (!verified) return std::nullopt;
    std::string body;
    json::Writer out(body);
    out.begin_object();
    out.plain_key("active").boolean(true);
    out.plain_key("token_type").string("Bearer");
    out.plain_key("client_id").string(verified->principal.client);
    out.plain_key("username").string(verified->principal.user_name);
    for (const json::Member& claim : parsed->claims.root().members())
        out.key(claim.name).value(claim.value);
    out.end_object();
    return body;
}

Task<OauthResult<std::string>> SessionEndpoints::describe(std::string token, Deadline deadline) {
    if (auto access = describe_access_token(token)) co_return std::move(*access);
    const auto refresh = RefreshToken::open(token, realm_.secrets.refresh_key);
    if (!refresh) co_return std::string(inactive);
    const auto found = co_await realm_.sessions->find(refresh->session, realm_.env.now(), deadline);
    if (!found) co_return refused(found.error());
    if (!*found || (*found)->generation != refresh->generation) co_return std::string(inactive);
    const Session& session = **found;
    std::string body;
    json::Writer out(body);
    out.begin_object();
    out.plain_key("active").boolean(true);
    out.plain_key("token_type").string("refresh_token");
    out.plain_key("client_id").string(session.client);
    out.plain_key("sub").string(session.subject);
    out.plain_key("scope").string(session.scope);
    out.plain_key("sid").uuid(session.id);
    out.plain_key("exp").number(session.expires_at.us / 1'000'000);
    out.end_object();
    co_return body;
}

Task<http::Response> SessionEndpoints::introspect(http::Call& call) {
    const auto form = Form::of(call);
    if (!form) co_return to_response(form.error());
    const auto client = check_client(realm_, call.request, *form);
    if (!client) co_return to_response(client.error());
    if (!(*client)->confidential)
        co_return to_response({"invalid_client", "Only a client with a secret may ask.", 401, {}});
    if (form->get("token").empty())
        co_return to_response({"invalid_request", "The parameter token is missing.", 400, {}});
    auto body = co_await describe(form->text("token"), call.deadline);
    co_return body ? json_reply(std::move(*body)) : to_response(body.error());
}

/// True when a session has ended; false when the parameter is no refresh token of the client.
Task<OauthResult<bool>> SessionEndpoints::end_by_token(const Form& form, const Client& client,
                                                       std::string_view parameter,
                                                       Deadline deadline) {
    const auto token = RefreshToken::open(form.get(parameter), realm_.secrets.refresh_key);
    if (!token) co_return false;
    const auto found = co_await realm_.sessions->find(token->session, realm_.env.now(), deadline);
    if (!found) co_return refused(found.error());
    if (!*found || (*found)->client != client.id) co_return false;
    if (auto ended = co_await realm_.sessions->end(token->session, deadline); !ended)
        co_return refused(ended.error());
    co_return true;
}

Task<http::Response> SessionEndpoints::revoke(http::Call& call) {
    const auto form = Form::of(call);
    if (!form) co_return to_response(form.error());
    const auto client = check_client(realm_, call.request, *form);
    if (!client) co_return to_response(client.error());
    if (form->get("token").empty())
        co_return to_response({"invalid_request", "The parameter token is missing.", 400, {}});
    const auto ended = co_await end_by_token(*form, **client, "token", call.deadline);
    co_return ended ? empty_reply(200) : to_response(ended.error());
}

Task<http::Response> SessionEndpoints::log_out(http::Call& call) {
    auto form = Form::of(call);
    if (!form) co_return to_response(form.error());
    if (form->get("refresh_token").empty())
        co_return co_await end_by_hint(std::move(form), call.deadline);
    const auto client = check_client(realm_, call.request, *form);
    if (!client) co_return to_response(client.error());
    const auto ended = co_await end_by_token(*form, **client, "refresh_token", call.deadline);
    if (!ended) co_return to_response(ended.error());
    if (!*ended)
        co_return to_response({"invalid_grant", "The refresh token is not valid.", 400, {}});
    co_return empty_reply(204);
}

Task<http::Response> SessionEndpoints::end_session(http::Call& call) {
    co_return co_await end_by_hint(Form::of(call.query), call.deadline);
}

/// The session of an ID token that this issuer signed; it may have expired.
std::optional<Uuid> SessionEndpoints::session_of_hint(std::string_view text) const {
    const auto token = auth::parse_token(text);
    if (!token || token->issuer != realm_.issuer) return std::nullopt;
    const auto keys = realm_.keys.current();
    const auto* key = keys->find(token->kid, token->algorithm);
    if (key == nullptr || !key->verify(token->algorithm, token->signing_input, token->signature) ||
        token->claims.text_at("typ") != "ID")
        return std::nullopt;
    return Uuid::parse(token->claims.text_at("sid"));
}

Task<http::Response> SessionEndpoints::end_by_hint(OauthResult<Form> form, Deadline deadline) {
    const std::string nonce = random_token(realm_.env);
    if (!form) co_return notice_page("Sign-out", form.error().description, 400, nonce);
    std::string back = form->text("post_logout_redirect_uri");
    if (!back.empty() && !realm_.redirects.allows_after_logout(back))
        co_return notice_page("Sign-out", "The address to go back to is not registered.", 400,
                              nonce);
    const auto hint = form->get("id_token_hint");
    const auto session = session_of_hint(hint);
    if (!hint.empty() && !session)
        co_return notice_page("Sign-out", "The token that names the session is not valid.", 400,
                              nonce);
    if (session)
        if (auto ended = co_await realm_.sessions->end(*session, deadline); !ended)
            co_return to_response(refused(ended.error()).value());
    if (back.empty()) co_return notice_page("Signed out", "You are signed out.", 200, nonce);
    if (const auto state = form->get("state"); !state.empty()) add_parameter(back, "state", state);
    co_return redirect(302, back);
}

}  // namespace waybill::identity
