#pragma once
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"
#include "services/identity/directory.hpp"
#include "services/identity/expiring.hpp"

namespace waybill::identity {

/// What an application asked for when it sent the browser here.
struct AuthorizationRequest {
    std::string client;
    std::string redirect_uri;
    std::string scope;
    std::string state;
    std::string nonce;
    std::string challenge;  ///< PKCE, S256
};

/// What an authorisation code stands for.
struct CodeGrant {
    AuthorizationRequest request;
    const User* user = nullptr;
    Timestamp authenticated_at{};
};

/// Authorisation codes: each works once, within 60 seconds. Thread-safe.
class Codes {
 public:
    static constexpr Duration life = std::chrono::seconds(60);
    static constexpr std::size_t codes_max = 1000;

    void put(std::string_view code, CodeGrant grant, MonoTime now);

    struct Taken {
        std::optional<CodeGrant> grant;  ///< the first time
        std::optional<Uuid> reused;      ///< later: the session that the first use began
    };
    /// Uses the code up, whatever comes of it; `session` is the one that it will begin.
    Taken take(std::string_view code, Uuid session, MonoTime now);

 private:
    std::mutex mutex_;
    Expiring<CodeGrant> fresh_{life, codes_max};
    Expiring<Uuid> used_{life, codes_max};
};

/// Login pages that were sent out: each may be posted once, by the browser that got it.
class LoginForms {
 public:
    static constexpr Duration life = std::chrono::minutes(10);
    static constexpr std::size_t forms_max = 1000;

    void put(std::string_view token, std::string_view cookie, AuthorizationRequest request,
             MonoTime now);
    /// Nothing when the token is unknown or used, or the cookie another one's.
    std::optional<AuthorizationRequest> take(std::string_view token, std::string_view cookie,
                                             MonoTime now);

 private:
    struct Form {
        std::string cookie_hash;
        AuthorizationRequest request;
    };
    std::mutex mutex_;
    Expiring<Form> forms_{life, forms_max};
};

/// PKCE (RFC 7636 section 4.6): whether `verifier` is well-formed and hashes to `challenge`.
bool verifier_fits(std::string_view verifier, std::string_view challenge);
/// 43 base64url letters, as S256 makes them.
bool is_challenge(std::string_view challenge);

}  // namespace waybill::identity
