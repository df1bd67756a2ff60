#pragma once
#include <string>
#include <string_view>

#include "chassis/http/message.hpp"
#include "chassis/resilience/limiter.hpp"
#include "chassis/runtime/env.hpp"
#include "services/gateway/exchange.hpp"
#include "services/gateway/options.hpp"

namespace waybill::gateway {

/// Rate limits: by the token's subject, on public routes by the client's address; beside it a
/// route's own. Health is never limited.
class Limits {
 public:
    Limits(const Options& options, Env& env);

    /// The limiter of one route.
    static std::unique_ptr<resilience::RateLimiter> route_limiter(const resilience::Rate& rate,
                                                                  Env& env);

    /// Charges the request to who sent it. False: over a limit; the answer is refusal().
    bool charge(Exchange& exchange);
    /// 429 with an integer Retry-After.
    static Error refusal(const Exchange& exchange);
    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-09), when charged:
    /// `"default";q=1000;w=1` and `"default";r=999;t=1`; a burst above q is told as `burst`. `t`:
    /// seconds until all of it is there again.
    void write_fields(const Exchange& exchange, http::Headers& headers) const;

 private:
    resilience::RateLimiter subjects_;
    resilience::RateLimiter addresses_;
    const std::string policy_;
};

}  // namespace waybill::gateway
