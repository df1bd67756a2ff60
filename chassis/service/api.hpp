#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chassis/auth/authenticator.hpp"
#include "chassis/http/handler.hpp"
#include "chassis/http/routes.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::service {

/// A service's HTTP side: finds the route and does for every route what none of them should do
/// itself: span and metrics, token and policy, deadline, body, query and header checks, HEAD,
/// conditional reads, `Waybill-Min-Version`, problems. The deadline is the caller's own, shortened
/// to what `Request-Timeout` or else the default says. Immutable once built; shared by all loops.
class Api final : public http::Handler {
 public:
    struct Options {
        std::size_t body_bytes_max = std::size_t{1} << 20U;
        Duration deadline = std::chrono::seconds(5);
        Duration wait_max = std::chrono::seconds(10);
    };
    /// `routes` outlives the Api.
    Api(Env& env, telemetry::Telemetry& telemetry, auth::Authenticator& authenticator,
        const http::Routes& routes, Options options);
    ~Api() override;
    Task<http::Response> handle(http::Request request, Deadline deadline) override;
    const http::Routes& routes() const { return routes_; }

 private:
    struct Probe;
    Task<http::Response> serve(http::Request& request, const http::RouteIndex::Match& match,
                               Deadline deadline);
    Task<http::Response> admit(http::Request& request, const http::RouteIndex::Match& match,
                               const http::Principal& principal, Deadline deadline);
    Task<Result<http::Response>> call_route(http::Request& request,
                                            const http::RouteIndex::Match& match,
                                            const http::Principal& principal, Deadline deadline);
    Task<http::Response> read_at_least(http::Call& call, std::int64_t version);
    Status read_headers(http::Call& call, Deadline arrived) const;

    Env& env_;
    telemetry::Telemetry& telemetry_;
    auth::Authenticator& authenticator_;
    const http::Routes& routes_;
    http::RouteIndex index_;
    Options options_;
    std::unique_ptr<Probe> probe_;
};

}  // namespace waybill::service
