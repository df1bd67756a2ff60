#pragma once
#include <memory>
#include <string>

#include "chassis/auth/jwt.hpp"
#include "chassis/auth/key_source.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/telemetry.hpp"
#include "services/identity/codes.hpp"
#include "services/identity/redirects.hpp"
#include "services/identity/secrets.hpp"
#include "services/identity/session_store.hpp"
#include "services/identity/throttle.hpp"
#include "services/identity/tokens.hpp"

namespace waybill::identity {

inline constexpr std::string_view realm_path = "/realms/waybill";
inline constexpr std::string_view protocol_path = "/realms/waybill/protocol/openid-connect";

/// What the endpoints of the issuer share.
struct Realm {
    Env& env;
    telemetry::Telemetry& telemetry;
    Secrets secrets;
    std::unique_ptr<SessionStore> sessions;
    std::string issuer;  ///< `http://127.0.0.1:8080/realms/waybill`
    Redirects redirects;
    auth::LocalKeySource keys{};  ///< the public halves
    Throttle throttle{};
    Codes codes{};
    LoginForms forms{};

    Uuid fresh_id() { return Uuid::v7(env.now(), env.random()); }
    auth::TokenRules rules() const {
        return {.issuer = issuer, .audiences = {std::string(api_audience)}};
    }
};

}  // namespace waybill::identity
