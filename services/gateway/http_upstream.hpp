#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "chassis/http/handler.hpp"
#include "chassis/resilience/breaker.hpp"
#include "chassis/resilience/bulkhead.hpp"
#include "chassis/resilience/retry.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::gateway {

class UpstreamProbe;

/// A service behind `http://host:port`: passes the deadline on, retries what is safe within a
/// budget, breaks the circuit, and bounds the calls at once. Thread-safe.
class HttpUpstream final : public http::Handler {
 public:
    struct Options {
        std::string host = {};
        std::uint16_t port = 80;
        resilience::RetryPolicy retry = {};
        resilience::RetryBudget::Options budget = {};
        resilience::Breaker::Options breaker = {};
        resilience::Bulkhead::Options concurrency = {};
    };
    /// `transport` sends one attempt (an http::Client); all outlive the upstream.
    HttpUpstream(Options options, Env& env, telemetry::Telemetry& telemetry,
                 http::Transport& transport);
    ~HttpUpstream() override;

    /// 502 without a connection or a valid answer, 503 with Retry-After while the circuit is open
    /// or too many calls run, 504 when the deadline passes; else what the other side said.
    Task<http::Response> handle(http::Request request, Deadline deadline) override;

    resilience::Breaker::State state() const { return breaker_.state(); }

 private:
    class Permit;
    Task<http::Response> attempts(http::Request& request, Deadline deadline);
    Task<http::Response> attempt(http::Request& request, Deadline deadline, int resends);
    void prepare(http::Request& request, Duration time_left) const;
    http::Response refuse_open(const http::Request& request, Duration retry_after) const;
    void moved(std::optional<resilience::Breaker::State> state);

    const Options options_;
    const std::string authority_;  ///< `host:port`, what `Host` becomes
    Env& env_;
    http::Transport& transport_;
    resilience::Breaker breaker_;
    resilience::RetryBudget budget_;
    resilience::Bulkhead bulkhead_;
    std::unique_ptr<UpstreamProbe> probe_;
};

}  // namespace waybill::gateway
