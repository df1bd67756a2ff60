#pragma once
#include <memory>
#include <string>
#include <vector>

#include "chassis/auth/authenticator.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/telemetry.hpp"
#include "services/gateway/addresses.hpp"
#include "services/gateway/cors.hpp"
#include "services/gateway/exchange.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/hosts.hpp"
#include "services/gateway/limits.hpp"
#include "services/gateway/loop_lag.hpp"
#include "services/gateway/options.hpp"
#include "services/gateway/passing_streams.hpp"
#include "services/gateway/probe.hpp"
#include "services/gateway/route_table.hpp"
#include "services/gateway/transform.hpp"

namespace waybill::gateway {

/// The stages in order; each either lets the exchange go on or answers it.
class Pipeline {
 public:
    Pipeline(Options options, Env& env, telemetry::Telemetry& telemetry,
             auth::Authenticator& authenticator, std::vector<GatewayRoute> routes,
             const Gateway::Upstreams& upstreams);

    /// Begins, answers and records; the answer may still be streaming.
    Task<http::Response> run(http::Request request);
    void end_streams() { streams_.end_all(); }

 private:
    using Answer = std::optional<http::Response>;  ///< nothing: go on

    Task<http::Response> answer(Exchange& exchange);

    Answer check_host(Exchange& exchange) const;
    Answer check_preflight(Exchange& exchange) const;
    Answer find_route(Exchange& exchange);
    Answer refuse_token(Exchange& exchange, auth::Refusal refusal);
    Answer limit_and_authorise(Exchange& exchange);
    Answer check_size_and_time(Exchange& exchange) const;
    Answer shed(Exchange& exchange);
    Task<void> keep_back(Exchange& exchange);
    bool needs_slot(const Exchange& exchange) const;
    void take_free_slot(Exchange& exchange);
    void received(Exchange& exchange, http::Response& response);

    const Options options_;
    Env& env_;
    auth::Authenticator& authenticator_;
    Probe probe_;
    HostRule hosts_;
    Cors cors_;
    ClientAddresses addresses_;
    RouteTable table_;
    Limits limits_;
    LoopLag lag_;
    Transform transform_;
    resilience::Bulkhead waiters_;
    resilience::Bulkhead kept_back_;
    PassingStreams streams_;
    std::vector<Lane> lanes_;  // as the table's routes
};

}  // namespace waybill::gateway
