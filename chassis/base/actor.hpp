#pragma once
#include <string>

namespace waybill {

/// Who did something: the token's subject and client. For display and audit; it never authorises.
struct Actor {
    std::string subject;  ///< `sub`, or `system:<service>` for what events and time cause
    std::string client;   ///< `azp`
    friend bool operator==(const Actor&, const Actor&) = default;
};

}  // namespace waybill
