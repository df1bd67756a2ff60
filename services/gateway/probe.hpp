#pragma once
#include <string>
#include <string_view>

#include "chassis/http/message.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/telemetry.hpp"
#include "services/gateway/exchange.hpp"

namespace waybill::gateway {

/// The gateway's own telemetry: the SERVER span, RED metrics with exemplars, refusals, access log.
class Probe {
 public:
    Probe(Env& env, telemetry::Telemetry& telemetry, bool access_log);

    /// Starts the span: a child of the request's `traceparent`, if that is valid.
    void began(Exchange& exchange);
    void routed(Exchange& exchange);
    void shed(const Exchange& exchange);
    /// The answer is known. Its end is recorded now, or when its streamed body has ended; then the
    /// exchange's slot is given back too.
    void answered(Exchange& exchange, http::Response& response);

 private:
    /// What is known of a request once its answer is.
    struct Facts {
        RouteProbe* route;
        std::string_view route_template;
        std::string_view method;
        std::uint16_t status;
        MonoTime began;
        Reject rejected;
    };
    class WatchedBody;
    Facts facts_of(const Exchange& exchange, std::uint16_t status);
    void ended(const Facts& facts, telemetry::Span& span);

    Env& env_;
    telemetry::Telemetry& telemetry_;
    const bool access_log_;
    RouteProbe unrouted_;
};

}  // namespace waybill::gateway
