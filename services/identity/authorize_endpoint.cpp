#include "services/identity/authorize_endpoint.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "services/identity/login_page.hpp"
#include "services/identity/sign_in.hpp"

namespace waybill::identity {
namespace {

constexpr std::string_view cookie_name = "waybill_login";

/// The value of the login page's cookie; empty when the browser sent none.
std::string_view cookie_of(const http::Request& request) {
    std::string_view rest = request.headers.get("Cookie").value_or(std::string_view());
    while (!rest.empty()) {
        const auto end = std::min(rest.find(';'), rest.size());
        std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.starts_with(cookie_name) && pair.substr(cookie_name.size()).starts_with('='))
            return pair.substr(cookie_name.size() + 1);
    }
    return {};
}

std::string cookie(std::string_view value, std::int64_t seconds, bool secure) {
    return fmt::format("{}={}; Path={}; Max-Age={}; HttpOnly; SameSite=Strict{}", cookie_name,
                       value, realm_path, seconds, secure ? "; Secure" : "");
}

/// What is wrong with a request whose client and redirect URI are right.
std::optional<OauthError> fault_of(const Form& form) {
    const auto error = [](std::string_view code, std::string why) {
        return OauthError{code, std::move(why), 400, {}};
    };
    if (form.get("response_type") != "code")
        return error("unsupported_response_type", "Only the response type code is supported.");
    const auto mode = form.get("response_mode");
    if (!mode.empty() && mode != "query")
        return error("invalid_request", "Only the response mode query is supported.");
    if (!form.get("request").empty() || !form.get("request_uri").empty())
        return error("request_not_supported", "Request objects are not supported.");
    if (form.get("code_challenge_method") != "S256" || !is_challenge(form.get("code_challenge")))
        return error("invalid_request", "PKCE with S256 is required.");
    if (form.get("prompt") == "none") return error("login_required", "The user has to sign in.");
    return std::nullopt;
}

}  // namespace

http::Response AuthorizeEndpoint::begin(const http::Call& call) {
    const auto form = Form::of(call.query);
    if (!form) return notice(form.error().description, 400);
    const Client* client = find_client(form->get("client_id"));
    if (client == nullptr || !client->code)
        return notice("The application is not known here.", 400);
    if (!realm_.redirects.allows(form->get("redirect_uri")))
        return notice("The application's redirect URI is not registered.", 400);
    AuthorizationRequest request{std::string(client->id), form->text("redirect_uri"),
                                 form->text("scope"),     form->text("state"),
                                 form->text("nonce"),     form->text("code_challenge")};
    if (const auto fault = fault_of(*form))
        return send_back(request, 302, "error", fault->code, fault->description);
    return show_form(std::move(request), {}, 200);
}

http::Response AuthorizeEndpoint::log_in(const http::Call& call) {
    const auto form = Form::of(call);
    if (!form) return notice(form.error().description, 400);
    if (!came_from_here(call.request)) return notice("The form came from another site.", 403);
    auto request =
        realm_.forms.take(form->get("token"), cookie_of(call.request), realm_.env.monotonic());
    if (!request)
        return notice("This page has been used or is too old. Start again at the application.",
                      400);
    const auto user = check_password(realm_, form->get("username"), form->get("password"),
                                     call.request.peer_address);
    if (!user) {
        auto again = show_form(std::move(*request), user.error().description, user.error().status);
        if (user.error().retry_after)
            again.headers.set("Retry-After", fmt::format("{}", user.error().retry_after->count()));
        return again;
    }
    const std::string code = random_token(realm_.env);
    realm_.codes.put(code, CodeGrant{*request, *user, realm_.env.now()}, realm_.env.monotonic());
    auto response = send_back(*request, 303, "code", code, {});
    response.headers.add("Set-Cookie", cookie("", 0, is_secure()));
    return response;
}

http::Response AuthorizeEndpoint::show_form(AuthorizationRequest request,
                                            std::string_view complaint, std::uint16_t status) {
    const std::string token = random_token(realm_.env);
    const std::string secret = random_token(realm_.env);
    const std::string nonce = random_token(realm_.env);
    auto response = login_page({.action = login_path,
                                .token = token,
                                .client = request.client,
                                .complaint = complaint,
                                .redirect_uri = request.redirect_uri,
                                .nonce = nonce},
                               status);
    constexpr auto life = std::chrono::duration_cast<std::chrono::seconds>(LoginForms::life);
    response.headers.add("Set-Cookie", cookie(secret, life.count(), is_secure()));
    realm_.forms.put(token, secret, std::move(request), realm_.env.monotonic());
    return response;
}

http::Response AuthorizeEndpoint::send_back(const AuthorizationRequest& request,
                                            std::uint16_t status, std::string_view name,
                                            std::string_view value, std::string_view description) {
    std::string uri = request.redirect_uri;
    add_parameter(uri, name, value);
    if (!description.empty()) add_parameter(uri, "error_description", description);
    if (!request.state.empty()) add_parameter(uri, "state", request.state);
    add_parameter(uri, "iss", realm_.issuer);
    return redirect(status, uri);
}

http::Response AuthorizeEndpoint::notice(std::string_view sentence, std::uint16_t status) {
    return notice_page("Sign-in is not possible", sentence, status, random_token(realm_.env));
}

/// The browser says where a form comes from (Fetch standard, `Origin`). This machine has several
/// names, so the one that the browser used counts beside the issuer's.
bool AuthorizeEndpoint::came_from_here(const http::Request& request) const {
    const auto origin = request.headers.get("Origin");
    if (!origin || *origin == origin_of(realm_.issuer)) return true;
    const auto host = request.headers.get("Host");
    return host && *origin == fmt::format("{}://{}", is_secure() ? "https" : "http", *host);
}

}  // namespace waybill::identity
