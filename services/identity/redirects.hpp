#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace waybill::identity {

/// Where browsers may be sent back to, compared exactly. Applications on this machine may listen
/// on any port (RFC 8252 section 7.3): `http://127.0.0.1:PORT/callback`, also with `[::1]` and
/// `localhost`, and `/console/callback`. Others must be registered whole.
class Redirects {
 public:
    /// `registered` are further whole URIs.
    Redirects(std::string_view origin, std::vector<std::string> registered);
    /// After a sign-in.
    bool allows(std::string_view uri) const;
    /// After a logout: `/` and `/console/` of the same places, or what is registered.
    bool allows_after_logout(std::string_view uri) const;

 private:
    std::string origin_;  ///< the issuer's own: the console lives there
    std::vector<std::string> registered_;
};

/// `http://127.0.0.1:8080` of an absolute URI; empty when it has none.
std::string_view origin_of(std::string_view uri);

}  // namespace waybill::identity
