#pragma once
#include <string>
#include <string_view>

namespace waybill::identity {

/// Someone of the development realm. Static data.
struct User {
    std::string_view name;
    std::string_view subject;  ///< `sub`, always the same
    std::string_view role;
};

/// An application of the realm, and how it may get tokens.
struct Client {
    std::string_view id;
    bool confidential = false;  ///< has a secret
    bool code = false;          ///< authorisation code with PKCE
    bool password = false;
    bool credentials = false;  ///< its own account
};

/// `customer1`, `customer2`, `operator`, `admin`; nullptr for others.
const User* find_user(std::string_view name);
const User* find_user_by_subject(std::string_view subject);
/// `waybill-console`, `waybill-cli`, `waybill-service`; nullptr for others.
const Client* find_client(std::string_view id);
/// The account of `waybill-service`.
const User& service_account();

/// Whether `password` is the one that all users share. Takes as long for every wrong one.
bool is_password(std::string_view password);

/// The scopes asked for (separated by spaces) that the role allows; all of them when none is
/// asked for. `openid` and `profile` are granted to everybody who asks.
std::string grant_scopes(std::string_view asked, std::string_view role);
/// Those of `asked` that `granted` holds; `granted` when none is asked for.
std::string narrow_scopes(std::string_view asked, std::string_view granted);
bool has_scope(std::string_view scopes, std::string_view one);
/// All that exist, separated by spaces.
std::string all_scopes();

}  // namespace waybill::identity
