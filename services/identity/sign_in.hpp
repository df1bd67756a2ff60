#pragma once
#include <string_view>

#include "services/identity/directory.hpp"
#include "services/identity/realm.hpp"
#include "services/identity/replies.hpp"

namespace waybill::identity {

/// The user of that name and password. `invalid_grant`, the same for an unknown user and a wrong
/// password; 429 after too many wrong ones.
OauthResult<const User*> check_password(Realm& realm, std::string_view user,
                                        std::string_view password, std::string_view address);

/// The application that calls (RFC 6749 section 2.3): by HTTP Basic or in the form, with its
/// secret when it has one. `invalid_client` with 401 otherwise.
OauthResult<const Client*> check_client(const Realm& realm, const http::Request& request,
                                        const Form& form);

}  // namespace waybill::identity
