#pragma once
#include "chassis/http/routes.hpp"
#include "chassis/runtime/task_fwd.hpp"
#include "services/identity/realm.hpp"
#include "services/identity/replies.hpp"

namespace waybill::identity {

/// `POST …/token` (RFC 6749 section 3.2): the grants authorization_code, password,
/// client_credentials and refresh_token.
class TokenEndpoint {
 public:
    explicit TokenEndpoint(Realm& realm) : realm_(realm) {}
    Task<http::Response> handle(http::Call& call);

 private:
    using Reply = OauthResult<http::Response>;
    Task<Reply> answer(http::Call& call);
    Task<Reply> by_code(const Form& form, const Client& client, Deadline deadline);
    Task<Reply> by_password(const http::Call& call, const Form& form, const Client& client);
    Task<Reply> by_refresh_token(const Form& form, const Client& client, Deadline deadline);
    Reply by_credentials(const Form& form, const Client& client);
    Task<Reply> begin_session(Session session, const User& user, std::string nonce,
                              Deadline deadline);
    http::Response tokens_of(const Session& session, const User& user, std::string_view scope,
                             std::string_view nonce);

    Realm& realm_;
};

}  // namespace waybill::identity
