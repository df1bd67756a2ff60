#include "chassis/http/client_pool.hpp"

#include <algorithm>
#include <array>

#include "chassis/base/check.hpp"
#include "chassis/http/problem.hpp"

namespace waybill::http {
namespace {

bool is_idempotent(std::string_view method) {
    static constexpr std::array<std::string_view, 6> methods = {"GET",    "HEAD",    "PUT",
                                                                "DELETE", "OPTIONS", "TRACE"};
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

/// The server closed a kept connection just as the request set out. Nothing came back, and doing
/// it again either does no more than doing it once, or the first did not get there whole.
bool may_send_again(const Request& request, const Attempt& attempt) {
    if (attempt.received || attempt.body_started || attempt.origin == Origin::timed_out)
        return false;
    return !attempt.sent || is_idempotent(request.method) || request.body.streamed();
}

Response failure(Origin origin, std::string_view why, const Request& request) {
    Error error(Problem::bad_gateway, std::string(why));
    if (origin == Origin::timed_out) error.problem = Problem::gateway_timeout;
    if (origin == Origin::overloaded) {
        error.problem = Problem::overloaded;
        error.retry_after = std::chrono::seconds(1);
    }
    Response response = problem(error, request.path, request.trace);
    response.origin = origin;
    return response;
}

std::string host_of(const ClientOptions& options) {
    const bool v6 = options.host.find(':') != std::string::npos;
    std::string host = v6 ? "[" + options.host + "]" : options.host;
    if (options.port != 80) host += ":" + std::to_string(options.port);
    return host;
}

std::string_view why_no_connection(Origin origin) {
    if (origin == Origin::timed_out) return "The upstream did not answer in time.";
    if (origin == Origin::overloaded) return "Too many requests wait for the upstream.";
    return "The upstream cannot be reached.";
}

}  // namespace

ClientPool::ClientPool(Env& env, Loop& loop, const ClientOptions& options)
    : env_(env),
      loop_(loop),
      options_(options),
      host_(host_of(options)),
      probe_(options),
      timeouts_(env, loop) {}

ClientPool::~ClientPool() {
    kept_.clear();
    CHECK(open() == 0);
}

Task<Response> ClientPool::send(Request& request, Deadline deadline) {
    const ClientProbe::Asked asked(probe_, request.method);
    for (bool again = false;; again = true) {
        Lease lease;
        if (!again && !deadline.passed(env_.monotonic())) lease.connection = take_kept();
        if (!lease.connection) lease = co_await acquire(again, deadline);
        if (!lease.connection)
            co_return failure(lease.failed, why_no_connection(lease.failed), request);
        const bool kept = lease.connection->kept();
        const Attempt attempt = co_await lease.connection->exchange(request, deadline);
        if (attempt.answered && lease.connection->has_whole_answer())
            co_return ClientConnection::take_whole_answer(std::move(lease.connection));
        if (attempt.answered)
            co_return co_await ClientConnection::take_answer(std::move(lease.connection), deadline);
        if (again || !kept || !may_send_again(request, attempt))
            co_return failure(attempt.origin, attempt.why, request);
    }
}

Task<ClientPool::Lease> ClientPool::acquire(bool anew, Deadline deadline) {
    for (;;) {
        if (cut_) co_return Lease{nullptr, Origin::overloaded};
        if (deadline.passed(env_.monotonic())) co_return Lease{nullptr, Origin::timed_out};
        if (!anew)
            if (auto kept = take_kept()) co_return Lease{std::move(kept), Origin::upstream};
        if (open() < options_.limits.connections) break;
        if (!kept_.empty()) {
            kept_.erase(kept_.begin());
            continue;
        }
        if (waiting_.size() >= options_.limits.waiting)
            co_return Lease{nullptr, Origin::overloaded};
        auto turn = waiting_.emplace_back(std::make_shared<OneShot<bool>>());
        if (!co_await get_until(env_, turn, deadline)) {
            std::erase(waiting_, turn);
            co_return Lease{nullptr, Origin::timed_out};
        }
    }
    auto connection = std::make_unique<ClientConnection>(*this);
    const Origin outcome = co_await connection->connect(deadline);
    if (outcome != Origin::upstream) co_return Lease{nullptr, outcome};
    co_return Lease{std::move(connection), Origin::upstream};
}

void ClientPool::cut() {
    cut_ = true;
    timeouts_.expire_all();
    for (auto& turn : std::exchange(waiting_, {})) turn->set(true);
}

/// The one used last first: its caches are warm, and the others may grow old and go.
std::unique_ptr<ClientConnection> ClientPool::take_kept() {
    if (kept_.empty()) return nullptr;
    auto connection = std::move(kept_.back());
    kept_.pop_back();
    connection->done_waiting();
    return connection;
}

void ClientPool::give_back(std::unique_ptr<ClientConnection> connection) {
    if (cut_ || !connection->reusable() || !connection->input().view().empty()) return;
    connection->set_kept();
    connection->wait_until(ClientConnection::Wait::idle,
                           env_.monotonic() + options_.limits.idle_time);
    kept_.push_back(std::move(connection));
    wake_one();
}

void ClientPool::opened() {
    open_.fetch_add(1, std::memory_order_relaxed);
}

void ClientPool::closed(std::optional<MonoTime> since) {
    open_.fetch_sub(1, std::memory_order_relaxed);
    if (since) probe_.closed(env_.monotonic() - *since);
    wake_one();
}

void ClientPool::drop_idle(ClientConnection& connection) {
    std::erase_if(kept_, [&](const auto& kept) { return kept.get() == &connection; });
}

void ClientPool::wake_one() {
    if (waiting_.empty()) return;
    waiting_.front()->set(true);
    waiting_.pop_front();
}

}  // namespace waybill::http
