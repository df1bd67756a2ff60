#pragma once
#include <optional>

#include "chassis/http/routes.hpp"
#include "chassis/runtime/task_fwd.hpp"
#include "services/identity/realm.hpp"
#include "services/identity/replies.hpp"

namespace waybill::identity {

/// What tells of a session or ends it.
class SessionEndpoints {
 public:
    explicit SessionEndpoints(Realm& realm) : realm_(realm) {}

    /// `…/userinfo` (OpenID Connect Core 1.0 section 5.3): who the access token speaks of.
    http::Response user_info(const http::Call& call);
    /// `POST …/token/introspect` (RFC 7662), for confidential clients.
    Task<http::Response> introspect(http::Call& call);
    /// `POST …/revoke` (RFC 7009): ends the session of a refresh token.
    Task<http::Response> revoke(http::Call& call);
    /// `POST …/logout` with a client and its refresh token: 204.
    Task<http::Response> log_out(http::Call& call);
    /// `GET …/logout` (OpenID Connect RP-Initiated Logout 1.0), by `id_token_hint`.
    Task<http::Response> end_session(http::Call& call);

 private:
    Task<http::Response> end_by_hint(OauthResult<Form> form, Deadline deadline);
    Task<OauthResult<bool>> end_by_token(const Form& form, const Client& client,
                                         std::string_view parameter, Deadline deadline);
    /// The claims of an access token that holds now, with `active`.
    std::optional<std::string> describe_access_token(std::string_view token);
    Task<OauthResult<std::string>> describe(std::string token, Deadline deadline);
    std::optional<Uuid> session_of_hint(std::string_view id_token) const;

    Realm& realm_;
};

}  // namespace waybill::identity
