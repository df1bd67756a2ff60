#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/auth/signing.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"
#include "services/identity/directory.hpp"

namespace waybill::identity {

inline constexpr Duration access_token_life = std::chrono::minutes(15);
inline constexpr Duration refresh_token_life = std::chrono::hours(8);
/// However often it is refreshed, a session ends so long after the password was given.
inline constexpr Duration session_life = std::chrono::hours(24);
inline constexpr std::string_view api_audience = "waybill-api";

/// What a token says of its owner.
struct Grant {
    const User& user;
    std::string_view client;
    std::string_view scope;
    std::optional<Uuid> session = {};  ///< none for a service's own account
};

/// An access token as Keycloak makes it (`api.md`); lives for access_token_life.
std::string access_token(const auth::SigningKey& key, std::string_view issuer, const Grant& grant,
                         Uuid token_id, Timestamp now);
/// An ID token (OpenID Connect Core 1.0 section 2); `nonce` may be empty.
std::string id_token(const auth::SigningKey& key, std::string_view issuer, const Grant& grant,
                     std::string_view nonce, Timestamp authenticated_at, Timestamp now);

/// What a refresh token names: the n-th of its session.
struct RefreshToken {
    Uuid session{};
    std::int64_t generation = 0;

    /// Opaque text under an HMAC-SHA-256 of `key`.
    std::string seal(std::string_view key) const;
    /// Nothing for what was not sealed with `key`.
    static std::optional<RefreshToken> open(std::string_view text, std::string_view key);
};

}  // namespace waybill::identity
