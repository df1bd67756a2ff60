#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chassis/auth/authenticator.hpp"
#include "chassis/http/handler.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/runtime/task_fwd.hpp"
#include "chassis/telemetry/telemetry.hpp"
#include "services/gateway/options.hpp"
#include "services/gateway/route.hpp"

namespace waybill::gateway {

class Pipeline;

/// The one door of the platform: finds the route of a request, sees who sends it and whether they
/// may, limits and protects, and hands it to the route's upstream. Every answer that the gateway
/// makes itself is a problem. Upstreams verify the token again: nothing the gateway adds is trust.
class Gateway final : public http::Handler {
 public:
    /// Each is a service's router in this process, or an HttpUpstream; they outlive the gateway.
    using Upstreams = std::map<std::string, http::Handler*>;

    /// The routes and options must be without faults (`faults_of`), which is CHECKed. The others
    /// outlive the gateway.
    Gateway(Options options, Env& env, telemetry::Telemetry& telemetry,
            auth::Authenticator& authenticator, std::vector<GatewayRoute> routes,
            const Upstreams& upstreams);
    /// No request may be running.
    ~Gateway() override;

    Task<http::Response> handle(http::Request request, Deadline deadline) override;

    /// Streams that pass through end in good order, and new ones at once: the process is stopping.
    /// From any thread.
    void end_streams();

 private:
    std::unique_ptr<Pipeline> pipeline_;
};

/// What is wrong with the options, a sentence each; empty: nothing.
std::vector<std::string> faults_of(const Options& options);

}  // namespace waybill::gateway
