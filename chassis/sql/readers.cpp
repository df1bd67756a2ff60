#include "chassis/sql/readers.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "chassis/base/check.hpp"
#include "chassis/runtime/async.hpp"
#include "chassis/sql/traced.hpp"
#include "chassis/telemetry/names.hpp"

namespace waybill::sql {
namespace {

using Done = OneShot<waybill::Status>;

/// A read that waits for a thread. `done` is shared with the caller that awaits it.
struct Waiting {
    Readers::State* owner = nullptr;
    std::shared_ptr<ReadJob> job;
    std::shared_ptr<Done> done;
    Deadline deadline;
    TraceContext parent;
    MonoTime since;
};

double seconds(Duration duration) {
    return static_cast<double>(duration.count()) / 1e6;
}

waybill::Error too_many() {
    Error error(Problem::overloaded, "Too many reads are waiting.");
    error.retry_after = std::chrono::seconds(1);
    return error;
}

waybill::Error late() {
    return {Problem::gateway_timeout, "The database did not answer before the deadline."};
}

}  // namespace

struct ReaderPool::State {
    struct Thread {
        std::unique_ptr<Worker> worker;
        bool idle = true;
    };
    State(Env& e, std::size_t count, std::size_t max) : env(e), queue_max(max), threads(count) {}

    bool push(Waiting waiting);
    void step(std::size_t thread);

    Env& env;
    const std::size_t queue_max;
    std::mutex mutex;
    std::condition_variable finished;  ///< a read has ended
    std::size_t users = 0;
    std::deque<Waiting> queue;
    std::vector<Thread> threads;
};

struct Readers::State {
    State(ReaderPool::State& p, Database& d, telemetry::Telemetry& t)
        : pool(p), database(d), telemetry(t), sessions(p.threads.size()) {
        namespace metric = telemetry::metric;
        const std::string name = std::string(t.service_name()) + "-readers";
        const telemetry::Attributes attributes{
            {telemetry::attribute::db_client_connection_pool_name, name}};
        telemetry::Meter& meter = t.meter();
        pending = meter.up_down_counter(metric::db_client_connection_pending_requests, attributes);
        wait_time = meter.histogram(metric::db_client_connection_wait_time, attributes);
        use_time = meter.histogram(metric::db_client_connection_use_time, attributes);
        timeouts = meter.counter(metric::db_client_connection_timeouts, attributes);
    }

    void serve(const Waiting& waiting, std::size_t thread);

    ReaderPool::State& pool;
    Database& database;
    telemetry::Telemetry& telemetry;
    telemetry::UpDownCounter pending;
    telemetry::Histogram wait_time;
    telemetry::Histogram use_time;
    telemetry::Counter timeouts;
    std::size_t in_hand = 0;                               ///< guarded by the pool's mutex
    std::vector<std::unique_ptr<TracedSession>> sessions;  ///< one a thread
};

bool ReaderPool::State::push(Waiting waiting) {
    Worker* worker = nullptr;
    {
        std::lock_guard lock(mutex);
        if (queue.size() >= queue_max) return false;
        waiting.owner->pending.add(1);
        queue.push_back(std::move(waiting));
        const auto idle = std::ranges::find(threads, true, &Thread::idle);
        if (idle != threads.end()) {
            idle->idle = false;
            worker = idle->worker.get();
        }
    }
    if (worker != nullptr) worker->wake();
    return true;
}

/// Serves one read; comes again while others wait.
void ReaderPool::State::step(std::size_t thread) {
    std::unique_lock lock(mutex);
    if (!queue.empty()) {
        const Waiting waiting = std::move(queue.front());
        queue.pop_front();
        Readers::State& owner = *waiting.owner;
        ++owner.in_hand;
        lock.unlock();
        owner.serve(waiting, thread);
        lock.lock();
        --owner.in_hand;
        finished.notify_all();
    }
    threads[thread].idle = queue.empty();
    if (!queue.empty()) threads[thread].worker->wake();
}

void Readers::State::serve(const Waiting& waiting, std::size_t thread) {
    const MonoTime began = pool.env.monotonic();
    pending.add(-1);
    wait_time.record(seconds(began - waiting.since), waiting.parent);
    if (waiting.deadline.passed(began)) return waiting.done->set(fail(late()));
    std::unique_ptr<TracedSession>& session = sessions[thread];
    if (session == nullptr) {
        auto opened = database.open_reader();
        if (!opened) return waiting.done->set(fail(to_error(opened.error())));
        session =
            TracedSession::wrap(std::move(*opened), pool.env, telemetry, database.traits().system);
    }
    session->set_deadline(waiting.deadline.at);
    session->trace(waiting.parent);
    waiting.job->run(*session);
    if (session->lost()) session.reset();
    use_time.record(seconds(pool.env.monotonic() - began), waiting.parent);
    waiting.done->set({});
}

ReaderPool::ReaderPool(Env& env, std::size_t threads, std::size_t queue_max)
    : state_(std::make_unique<State>(env, threads, queue_max)) {
    CHECK(threads > 0);
    for (std::size_t i = 0; i < threads; ++i)
        state_->threads[i].worker = env.start_worker("reader-" + std::to_string(i),
                                                     [state = state_.get(), i] { state->step(i); });
}

ReaderPool::~ReaderPool() {
    CHECK(state_->users == 0);
    for (auto& thread : state_->threads) thread.worker->stop();
}

Readers::Readers(ReaderPool& pool, Database& database, telemetry::Telemetry& telemetry)
    : state_(std::make_unique<State>(*pool.state_, database, telemetry)) {
    std::lock_guard lock(pool.state_->mutex);
    ++pool.state_->users;
}

Readers::~Readers() {
    ReaderPool::State& pool = state_->pool;
    std::unique_lock lock(pool.mutex);
    std::erase_if(pool.queue, [this](const Waiting& waiting) {
        if (waiting.owner != state_.get()) return false;
        waiting.done->set(fail(Problem::unavailable, "The service is shutting down."));
        state_->pending.add(-1);
        return true;
    });
    pool.finished.wait(lock, [this] { return state_->in_hand == 0; });
    --pool.users;
}

Task<waybill::Status> Readers::run(std::shared_ptr<ReadJob> job, Deadline deadline,
                                   TraceContext parent) {
    Env& env = state_->pool.env;
    const telemetry::Counter timeouts = state_->timeouts;
    auto done = std::make_shared<Done>();
    if (!state_->pool.push({state_.get(), std::move(job), done, deadline, parent, env.monotonic()}))
        co_return fail(too_many());
    auto answer = co_await get_until(env, done, deadline);
    if (answer) co_return std::move(*answer);
    timeouts.add();
    co_return fail(late());
}

}  // namespace waybill::sql
