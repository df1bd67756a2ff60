#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/auth/jwt.hpp"
#include "chassis/auth/key_source.hpp"
#include "chassis/auth/refusal.hpp"
#include "chassis/auth/token_cache.hpp"
#include "chassis/http/message.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/runtime/task_fwd.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::auth {

/// Says who sends a request: by its bearer token (RFC 6750), of one of the configured issuers.
/// Thread-safe; shared by all loops. Fails closed: what is not understood is refused.
class Authenticator {
 public:
    struct Issuer {
        TokenRules rules;
        KeySource& keys;  ///< outlives the Authenticator
    };
    /// A verified token (shared with the cache), or why not.
    using Outcome = Verification<std::shared_ptr<const VerifiedToken>>;

    Authenticator(Env& env, telemetry::Telemetry& telemetry, std::vector<Issuer> issuers,
                  std::size_t cache_entries = 4096);

    /// Answers without waiting: a known token in well under a microsecond, another one after its
    /// signature check. Nothing when only fresh keys can tell: then await authenticate().
    std::optional<Outcome> try_authenticate(const http::Request& request);
    /// As try_authenticate, and asks the issuer for its keys when the token names an unknown one.
    /// `request` must outlive the task.
    Task<Outcome> authenticate(const http::Request& request, Deadline deadline);
    /// Every issuer's keys have been had once.
    bool ready() const;

 private:
    std::optional<Outcome> verify(std::string_view token, const TraceContext& trace);
    std::optional<Outcome> judge(std::string_view token, const UnverifiedToken& parsed,
                                 const Issuer& issuer);
    const Issuer* issuer_of(const UnverifiedToken& parsed) const;
    Task<Outcome> verify_with_fresh_keys(std::string token, Deadline deadline);

    Env& env_;
    telemetry::Telemetry& telemetry_;
    std::vector<Issuer> issuers_;
    TokenCache cache_;
};

/// The token of a request's `Authorization: Bearer …` (the scheme in any letter case), from
/// nowhere else.
Verification<std::string_view> bearer_token(const http::Headers& headers, std::string_view query);

}  // namespace waybill::auth
