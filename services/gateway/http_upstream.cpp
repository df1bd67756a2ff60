#include "services/gateway/http_upstream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chassis/base/faults.hpp"
#include "chassis/http/problem.hpp"
#include "chassis/resilience/deadline.hpp"
#include "chassis/runtime/async.hpp"
#include "services/gateway/upstream_probe.hpp"

namespace waybill::gateway {
namespace {

using resilience::Breaker;
using Outcome = Breaker::Outcome;

constexpr double us_in_s = 1e6;
constexpr std::int64_t us_in_whole_s = 1'000'000;
constexpr std::uint64_t kept_bytes_max = std::uint64_t{64} * 1024;

bool is_idempotent(std::string_view method) {
    constexpr std::array<std::string_view, 6> idempotent{"GET",    "HEAD",    "PUT",
                                                         "DELETE", "OPTIONS", "TRACE"};
    return std::find(idempotent.begin(), idempotent.end(), method) != idempotent.end();
}

/// The client said that a second one of this is as good as one.
bool is_repeatable(const http::Request& request) {
    return is_idempotent(request.method) || request.headers.get("Idempotency-Key") ||
           faults::planted(faults::Bug::post_retried);
}

/// A body small enough to be kept for another attempt.
bool can_be_kept(const http::Body& body) {
    return !body.streamed() || body.size().value_or(kept_bytes_max + 1) <= kept_bytes_max;
}

bool has_retry_after(const http::Response& response) {
    return response.headers.get("Retry-After").has_value();
}

/// What an attempt says of the target (gateway.md, stage 11).
Outcome outcome_of(const http::Response& response) {
    switch (response.origin) {
        case http::Origin::connect_failed:
            return Outcome::connect_failure;
        case http::Origin::timed_out:
        case http::Origin::protocol_error:
            return Outcome::failure;
        case http::Origin::overloaded:
        case http::Origin::circuit_open:
            return Outcome::ignored;
        case http::Origin::upstream:
            break;
    }
    if (response.status == 502 || response.status == 504) return Outcome::failure;
    const bool steered =
        response.status == 429 || (response.status == 503 && has_retry_after(response));
    return steered ? Outcome::ignored : Outcome::success;
}

/// Whether another attempt may do better, when the request is repeatable. After a timeout no time
/// is left; a 429 or a Retry-After asks to stay away.
bool is_worth_retrying(const http::Response& response) {
    switch (response.origin) {
        case http::Origin::connect_failed:
        case http::Origin::protocol_error:
            return true;
        case http::Origin::timed_out:
        case http::Origin::overloaded:
        case http::Origin::circuit_open:
            return false;
        case http::Origin::upstream:
            break;
    }
    return response.status == 502 || response.status == 504 ||
           (response.status == 503 && !has_retry_after(response));
}

http::Request copy_of(const http::Request& request) {
    http::Request copy;
    copy.method = request.method;
    copy.path = request.path;
    copy.query = request.query;
    copy.headers = request.headers;
    copy.body = http::Body(request.body.bytes());
    copy.peer_address = request.peer_address;
    copy.peer_port = request.peer_port;
    copy.secure = request.secure;
    copy.trace = request.trace;
    return copy;
}

/// The transport's failure in the gateway's own words, with the way it came about kept.
http::Response told(http::Response response, std::string_view path, const TraceContext& trace) {
    const auto problem = [&](Problem what, std::string_view why) {
        auto answer = http::problem(Error(what, std::string(why)), path, trace);
        answer.origin = response.origin;
        return answer;
    };
    switch (response.origin) {
        case http::Origin::connect_failed:
            return problem(Problem::bad_gateway, "The service behind this path cannot be reached.");
        case http::Origin::protocol_error:
            return problem(Problem::bad_gateway,
                           "The service behind this path did not give a valid answer.");
        case http::Origin::timed_out:
            return problem(Problem::gateway_timeout,
                           "The service behind this path did not answer in time.");
        case http::Origin::upstream:
        case http::Origin::overloaded:
        case http::Origin::circuit_open:
            break;
    }
    return response;
}

http::Response overloaded(const http::Request& request) {
    Error error(Problem::overloaded, "Too many calls to the service behind this path are running.");
    error.retry_after = std::chrono::seconds(1);
    auto response = http::problem(error, request.path, request.trace);
    response.origin = http::Origin::overloaded;
    return response;
}

/// A body that holds its call's slot until it has been read or given up.
class SlotBody final : public http::BodySource {
 public:
    SlotBody(std::unique_ptr<http::BodySource> source, resilience::Bulkhead::Slot slot)
        : source_(std::move(source)), slot_(std::move(slot)) {}
    Task<Result<std::string_view>> next(Deadline deadline) override {
        return source_->next(deadline);
    }
    void cancel() override { source_->cancel(); }

 private:
    std::unique_ptr<http::BodySource> source_;
    resilience::Bulkhead::Slot slot_;
};

/// Counts a call as long as it runs.
class Running {
 public:
    explicit Running(UpstreamProbe& probe) : probe_(probe) { probe_.call_began(); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { probe_.call_ended(); }

 private:
    UpstreamProbe& probe_;
};

}  // namespace

/// The breaker's permit of one attempt; an attempt that is given up says nothing of the target.
class HttpUpstream::Permit {
 public:
    Permit(HttpUpstream& owner, Breaker::Permit permit) : owner_(owner), permit_(permit) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() { settle(Outcome::ignored); }
    void settle(Outcome outcome) {
        if (std::exchange(settled_, true)) return;
        owner_.moved(owner_.breaker_.record(permit_, outcome, owner_.env_.monotonic(),
                                            owner_.env_.random()));
    }

 private:
    HttpUpstream& owner_;
    const Breaker::Permit permit_;
    bool settled_ = false;
};

HttpUpstream::HttpUpstream(Options options, Env& env, telemetry::Telemetry& telemetry,
                           http::Handler& transport)
    : options_(std::move(options)),
      authority_(options_.host.find(':') == std::string::npos
                     ? fmt::format("{}:{}", options_.host, options_.port)
                     : fmt::format("[{}]:{}", options_.host, options_.port)),
      env_(env),
      transport_(transport),
      breaker_(options_.breaker),
      budget_(options_.budget),
      bulkhead_(options_.concurrency),
      probe_(std::make_unique<UpstreamProbe>(telemetry, options_.host, options_.port)) {}

HttpUpstream::~HttpUpstream() = default;

Task<http::Response> HttpUpstream::handle(http::Request request, Deadline deadline) {
    const Running running(*probe_);
    auto slot = bulkhead_.try_enter();
    if (!slot) slot = co_await bulkhead_.enter(env_, deadline);
    if (!slot) co_return overloaded(request);
    budget_.call();
    auto response = co_await attempts(std::move(request), deadline);
    if (response.body.streamed()) {
        const auto size = response.body.size();
        response.body = http::Body(
            std::make_unique<SlotBody>(response.body.take_source(), std::move(*slot)), size);
    }
    co_return response;
}

Task<http::Response> HttpUpstream::attempts(http::Request request, Deadline deadline) {
    const std::string path = request.path;
    const TraceContext trace = request.trace;
    const bool repeatable = is_repeatable(request) && can_be_kept(request.body);
    if (repeatable && request.body.streamed()) {
        auto bytes = co_await http::read_all(request.body, kept_bytes_max, deadline);
        if (!bytes) co_return http::problem(bytes.error(), path, trace);
        request.body = http::Body(std::move(*bytes));
    }
    const int retries_max = repeatable ? options_.retry.retries_max : 0;
    for (int retry = 0; retry < retries_max; ++retry) {
        auto response = co_await attempt(copy_of(request), deadline, retry);
        if (!is_worth_retrying(response)) co_return told(std::move(response), path, trace);
        const MonoTime again = env_.monotonic() + options_.retry.pause(retry + 1, env_.random());
        if (deadline.passed(again) || !budget_.take())
            co_return told(std::move(response), path, trace);
        probe_->retried(response);
        co_await sleep_until(env_, again);
    }
    co_return told(co_await attempt(std::move(request), deadline, retries_max), path, trace);
}

Task<http::Response> HttpUpstream::attempt(http::Request request, Deadline deadline, int resends) {
    const MonoTime began = env_.monotonic();
    const auto admission = breaker_.admit(began);
    moved(admission.became);
    if (!admission.permit) co_return refuse_open(request, admission.retry_after);
    Permit permit(*this, *admission.permit);
    auto span = probe_->attempt_began(request, resends);
    if (span.context().valid()) request.trace = span.context();
    prepare(request, deadline);
    const std::string method = request.method;
    auto response = co_await transport_.handle(std::move(request), deadline);
    permit.settle(outcome_of(response));
    probe_->attempt_ended(span, method, response,
                          static_cast<double>((env_.monotonic() - began).count()) / us_in_s);
    co_return response;
}

void HttpUpstream::prepare(http::Request& request, Deadline deadline) const {
    request.headers.set("Host", authority_);
    const auto left = resilience::format_request_timeout(deadline.left(env_.monotonic()));
    if (request.headers.get("Request-Timeout") != left)
        request.headers.set("Request-Timeout", left);
    if (request.trace.valid()) request.headers.set("traceparent", request.trace.traceparent());
}

http::Response HttpUpstream::refuse_open(const http::Request& request, Duration retry_after) const {
    Error error(Problem::unavailable, "The service behind this path fails; it is left alone.");
    error.retry_after =
        std::chrono::seconds((retry_after.count() + us_in_whole_s - 1) / us_in_whole_s);
    auto response = http::problem(error, request.path, request.trace);
    response.origin = http::Origin::circuit_open;
    return response;
}

void HttpUpstream::moved(std::optional<Breaker::State> state) {
    if (state) probe_->breaker_moved(*state);
}

}  // namespace waybill::gateway
