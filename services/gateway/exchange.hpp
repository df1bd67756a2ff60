#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/auth/jwt.hpp"
#include "chassis/http/handler.hpp"
#include "chassis/http/message.hpp"
#include "chassis/resilience/bulkhead.hpp"
#include "chassis/resilience/limiter.hpp"
#include "chassis/telemetry/span.hpp"
#include "services/gateway/route.hpp"
#include "services/gateway/route_probe.hpp"

namespace waybill::gateway {

/// One route at work: what it lets through, to whom, and what it counts.
struct Lane {
    GatewayRoute route;
    http::Handler* upstream = nullptr;
    bool is_public = false;
    bool limited = true;  ///< by rate; health is not
    Duration timeout{};
    std::unique_ptr<resilience::Bulkhead> bulkhead;
    std::unique_ptr<resilience::RateLimiter> limiter;  ///< of its own; may be none
    std::unique_ptr<RouteProbe> probe;
    std::string span_name;  ///< `GET /v1/orders/{id}`
};

/// One request on its way through the stages, and what they have learnt about it.
struct Exchange {
    http::Request request;
    std::string_view method;  ///< as telemetry names it; a constant
    MonoTime began{};
    MonoTime now{};  ///< as last looked at: after every wait
    Deadline deadline{};
    telemetry::Span span;
    TraceContext trace;                                ///< of the span
    Lane* lane = nullptr;                              ///< none yet, or none found
    std::string client;                                ///< address of who sent it, by trusted hops
    std::shared_ptr<const auth::VerifiedToken> token;  // shared with the authenticator's cache
    std::optional<resilience::RateLimiter::Decision> shared_limit;
    std::optional<resilience::RateLimiter::Decision> own_limit;
    std::optional<resilience::Bulkhead::Slot> slot;
    Reject rejected = Reject::none;
};

/// The gateway's own answer: a problem that names the request and its trace.
http::Response refuse(const Exchange& exchange, const Error& error);

}  // namespace waybill::gateway
