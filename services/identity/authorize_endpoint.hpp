#pragma once
#include <string>

#include "chassis/http/routes.hpp"
#include "services/identity/realm.hpp"
#include "services/identity/replies.hpp"

namespace waybill::identity {

/// The authorisation code flow up to the code (RFC 6749 section 4.1, PKCE S256 only, RFC 9207).
class AuthorizeEndpoint {
 public:
    static constexpr std::string_view login_path = "/realms/waybill/login-actions/authenticate";
    explicit AuthorizeEndpoint(Realm& realm) : realm_(realm) {}

    /// `GET …/auth`: the login page, or the browser is sent back with an error. A client or
    /// redirect URI that is not registered gets a page, never a redirect.
    http::Response begin(const http::Call& call);
    /// The posted login page: sends the browser back with a code.
    http::Response log_in(const http::Call& call);

 private:
    http::Response show_form(AuthorizationRequest request, std::string_view complaint,
                             std::uint16_t status);
    http::Response send_back(const AuthorizationRequest& request, std::uint16_t status,
                             std::string_view name, std::string_view value,
                             std::string_view description);
    http::Response notice(std::string_view sentence, std::uint16_t status);
    bool came_from_here(const http::Request& request) const;
    bool is_secure() const { return realm_.issuer.starts_with("https://"); }

    Realm& realm_;
};

}  // namespace waybill::identity
