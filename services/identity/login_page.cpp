#include "services/identity/login_page.hpp"

#include <fmt/format.h>

#include "chassis/base/html.hpp"
#include "services/identity/redirects.hpp"
#include "services/identity/replies.hpp"

namespace waybill::identity {
namespace {

constexpr std::string_view style = R"(
body{font:16px/1.5 system-ui,sans-serif;max-width:22rem;margin:12vh auto;padding:0 1rem}
label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}
input{margin:.25rem 0 1rem;padding:.5rem;border:1px solid #767676;border-radius:.25rem}
button{padding:.6rem;border:0;border-radius:.25rem;background:#0b5cad;color:#fff}
[role=alert]{color:#a4161a}
@media(prefers-color-scheme:dark){body{background:#16181d;color:#e8e8e8}[role=alert]{color:#ff8a80}
input{background:#22252b;color:inherit}}
)";

std::string escaped(std::string_view text) {
    std::string out;
    append_html(out, text);
    return out;
}

/// Browsers apply form-action to where a posted form is sent on to as well, so the application's
/// origin has to be named.
http::Response page(std::string_view title, std::string_view content, std::uint16_t status,
                    std::string_view nonce, std::string_view leads_to) {
    auto response = empty_reply(status);
    response.headers.set("Content-Type", "text/html; charset=utf-8");
    response.headers.set(
        "Content-Security-Policy",
        fmt::format("default-src 'none'; style-src 'nonce-{}'; form-action 'self' {}; "
                    "frame-ancestors 'none'; base-uri 'none'",
                    nonce, origin_of(leads_to)));
    response.headers.set("X-Frame-Options", "DENY");
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.headers.set("Referrer-Policy", "same-origin");
    response.body = http::Body(fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>{0}</title>"
        "<style nonce=\"{1}\">{2}</style></head><body><main><h1>{0}</h1>{3}</main></body></html>\n",
        escaped(title), nonce, style, content));
    return response;
}

}  // namespace

http::Response login_page(const LoginPage& shown, std::uint16_t status) {
    const std::string complaint =
        shown.complaint.empty() ? ""
                                : fmt::format("<p role=\"alert\">{}</p>", escaped(shown.complaint));
    const std::string content = fmt::format(
        "<p>{} asks you to sign in.</p>{}<form method=\"post\" action=\"{}\">"
        "<input type=\"hidden\" name=\"token\" value=\"{}\">"
        "<label for=\"username\">User name</label><input id=\"username\" name=\"username\" "
        "autocomplete=\"username\" autocapitalize=\"none\" required autofocus>"
        "<label for=\"password\">Password</label><input id=\"password\" name=\"password\" "
        "type=\"password\" autocomplete=\"current-password\" required>"
        "<button>Sign in</button></form>",
        escaped(shown.client), complaint, escaped(shown.action), shown.token);
    return page("Sign in to Waybill", content, status, shown.nonce, shown.redirect_uri);
}

http::Response notice_page(std::string_view title, std::string_view sentence, std::uint16_t status,
                           std::string_view nonce) {
    return page(title, fmt::format("<p>{}</p>", escaped(sentence)), status, nonce, {});
}

}  // namespace waybill::identity
