#include "chassis/service/writer_core.hpp"

#include <algorithm>
#include <utility>

#include "chassis/base/check.hpp"
#include "chassis/messaging/deliveries.hpp"
#include "chassis/messaging/tables.hpp"

namespace waybill::service {
namespace {

/// Batches that may fail for a while at the end before the rest is given up.
constexpr int setbacks_at_stop_max = 5;
constexpr std::string_view lane_names[] = {"told", "move", "create"};

Error overloaded(std::string detail) {
    Error error(Problem::overloaded, std::move(detail));
    error.retry_after = std::chrono::seconds(1);
    return error;
}

sql::Result<std::int64_t> number(sql::Session& session, std::string_view statement) {
    auto rows = session.query(statement, {});
    if (!rows) return tl::unexpected(std::move(rows.error()));
    return rows->empty() || sql::is_null(rows->row(0)[0]) ? 0 : sql::as_int(rows->row(0)[0]);
}

}  // namespace

WriterCore::WriterCore(Env& env, sql::Database& database, DomainPort& domain,
                       telemetry::Telemetry& telemetry, TakingRules rules, WriterOptions options,
                       Hooks hooks)
    : env_(env),
      database_(database),
      domain_(domain),
      telemetry_(telemetry),
      rules_(std::move(rules)),
      options_(options),
      hooks_(std::move(hooks)) {
    for (std::size_t i = 0; i < lane_count; ++i)
        depth_[i] = telemetry.meter().up_down_counter(
            "waybill.queue.depth", {{"messaging.destination.name", lane_names[i]}});
}

WriterCore::~WriterCore() {
    stop();
}

sql::Result<std::int64_t> WriterCore::start() {
    auto session = database_.open_writer();
    if (!session) return tl::unexpected(std::move(session.error()));
    session_ = std::move(*session);
    auto last_seq = number(*session_, "select max(seq) from events");
    if (!last_seq) return last_seq;
    auto last_batch = number(*session_, "select max(last_batch) from writer_state");
    if (!last_batch) return last_batch;
    auto deliveries = number(*session_, "select count(*) from (select 1 from deliveries limit 1)");
    if (!deliveries) return deliveries;
    const std::array<sql::Cell, 1> row{writer_id};
    if (auto made = session_->execute(
            "insert into writer_state (writer_id, last_batch) values (?, 0) on conflict do nothing",
            row);
        !made)
        return tl::unexpected(std::move(made.error()));
    next_seq_ = *last_seq + 1;
    batch_id_ = *last_batch;
    deliveries_exist_ = *deliveries != 0;
    worker_ = env_.start_worker("write-" + std::string(telemetry_.service_name()).substr(0, 9),
                                [this] { step(); });
    return *last_seq;
}

Status WriterCore::enqueue(std::unique_ptr<Submission> submission) {
    const auto lane = static_cast<std::size_t>(submission->lane);
    submission->queued_at = env_.now();
    submission->waits_since = env_.monotonic();
    if (submission->lane == Lane::create) {
        if (disk_low_.load(std::memory_order_relaxed)) {
            worker_->wake();
            return fail(
                overloaded("the disk is almost full; nothing new is accepted until there "
                           "is room"));
        }
        if (admission_)
            if (auto refused = admission_()) return fail(std::move(*refused));
    }
    {
        std::lock_guard lock(mutex_);
        if (stopped_) return fail(overloaded("the service is stopping"));
        if (queues_[lane].size() >= options_.queue_max[lane])
            return fail(overloaded("too many requests wait to be written"));
        if (submission->lane == Lane::create && create_queue_stands(submission->waits_since))
            return fail(overloaded("requests wait too long to be written"));
        queues_[lane].push_back(std::move(submission));
    }
    depth_[lane].add(1);
    worker_->wake();
    return {};
}

/// Called under the mutex. What waits is enough for the next batch, so refusing costs no work done.
bool WriterCore::create_queue_stands(MonoTime now) const {
    const auto& queue = queues_[static_cast<std::size_t>(Lane::create)];
    return queue.size() >= options_.create_queue_short &&
           now - queue.front()->waits_since > options_.create_wait_max;
}

void WriterCore::remove_outbox_rows(std::vector<std::int64_t> ids) {
    bool enough = false;
    {
        std::lock_guard lock(mutex_);
        if (deletions_.empty()) deletions_since_ = env_.monotonic();
        deletions_.insert(deletions_.end(), ids.begin(), ids.end());
        enough = deletions_.size() >= options_.outbox_deletions_max;
    }
    if (enough)
        worker_->wake();
    else
        worker_->wake_at(env_.monotonic() + options_.idle_deletion_wait);
}

void WriterCore::stop() {
    {
        std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    // The worker stays: who comes too late may still wake it.
    if (!worker_ || std::exchange(ended_, true)) return;
    worker_->stop();
    if (in_doubt_) settle_doubt();
    const int setbacks_max = setbacks_ + setbacks_at_stop_max;
    while (!in_doubt_ && setbacks_ < setbacks_max && something_waits()) run(gather());
    refuse_rest();
    session_.reset();
}

bool WriterCore::something_waits() {
    std::lock_guard lock(mutex_);
    return !later_.empty() || !deletions_.empty() ||
           std::any_of(queues_.begin(), queues_.end(), [](const auto& q) { return !q.empty(); });
}

/// What could not be written stays undone: its messages are still in the outbox.
void WriterCore::refuse_rest() {
    Submissions undone;
    {
        std::lock_guard lock(mutex_);
        for (auto& again : std::exchange(later_, {}))
            std::move(again.submissions.begin(), again.submissions.end(),
                      std::back_inserter(undone));
        for (auto& queue : queues_)
            std::move(queue.begin(), queue.end(), std::back_inserter(undone));
        for (auto& queue : queues_) queue.clear();
        deletions_.clear();
    }
    refuse_all(std::move(undone), overloaded("the service is stopping"));
    if (in_doubt_)
        refuse_all(std::move(in_doubt_->submissions),
                   Error(Problem::gateway_timeout,
                         "the change was not confirmed in time; it may still happen"));
    in_doubt_.reset();
}

void WriterCore::take_from(Lane lane, std::size_t count_max, std::size_t& bytes, Submissions& out) {
    auto& queue = queues_[static_cast<std::size_t>(lane)];
    std::size_t taken = 0;
    while (!queue.empty() && taken < count_max &&
           (out.empty() || bytes + queue.front()->bytes <= options_.batch_bytes_max)) {
        bytes += queue.front()->bytes;
        out.push_back(std::move(queue.front()));
        queue.pop_front();
        ++taken;
    }
    if (taken != 0) depth_[static_cast<std::size_t>(lane)].add(-static_cast<std::int64_t>(taken));
}

WriterCore::Submissions WriterCore::gather() {
    Submissions out;
    std::size_t bytes = 0;
    const MonoTime now = env_.monotonic();
    {
        std::lock_guard lock(mutex_);
        // What runs again goes alone, so that nothing of the same aggregate overtakes it.
        if (!later_.empty()) {
            if (later_.front().not_before > now && !stopped_) return out;
            out = std::move(later_.front().submissions);
            later_.pop_front();
        } else {
            const std::size_t all = options_.batch_submissions_max;
            const std::size_t creates =
                std::min(queues_[static_cast<std::size_t>(Lane::create)].size(), all / 8);
            take_from(Lane::told, all - creates, bytes, out);
            take_from(Lane::move, all - creates - out.size(), bytes, out);
            take_from(Lane::create, all - out.size(), bytes, out);
        }
    }
    refuse_expired(out);
    return out;
}

void WriterCore::refuse_expired(Submissions& submissions) {
    const MonoTime now = env_.monotonic();
    Submissions expired;
    for (auto& submission : submissions)
        if (submission->deadline && *submission->deadline <= now)
            expired.push_back(std::move(submission));
    std::erase(submissions, nullptr);
    if (!expired.empty())
        refuse_all(std::move(expired), overloaded("the request waited too long to be written"));
}

std::vector<std::int64_t> WriterCore::take_deletions(bool idle) {
    std::lock_guard lock(mutex_);
    if (deletions_.empty()) return {};
    if (idle && !stopped_ && deletions_.size() < options_.outbox_deletions_max &&
        env_.monotonic() < deletions_since_ + options_.idle_deletion_wait)
        return {};
    const auto count = std::min(deletions_.size(), options_.outbox_deletions_max);
    std::vector<std::int64_t> out(deletions_.begin(),
                                  deletions_.begin() + static_cast<std::ptrdiff_t>(count));
    deletions_.erase(deletions_.begin(), deletions_.begin() + static_cast<std::ptrdiff_t>(count));
    return out;
}

void WriterCore::step() {
    if (!session_ && !reopen()) return;
    if (in_doubt_) settle_doubt();
    if (in_doubt_) return;
    if (disk_low_.load(std::memory_order_relaxed)) look_at_disk();
    run(gather());
    if (const auto due = next_batch_due()) worker_->wake_at(*due);
    // This step may have used up the wake-up of deletions that were not due yet.
    if (const auto due = deletions_due()) worker_->wake_at(*due);
}

std::optional<MonoTime> WriterCore::next_batch_due() {
    std::lock_guard lock(mutex_);
    if (!later_.empty()) return later_.front().not_before;
    for (const auto& queue : queues_)
        if (!queue.empty()) return env_.monotonic();
    return std::nullopt;
}

std::optional<MonoTime> WriterCore::deletions_due() {
    std::lock_guard lock(mutex_);
    if (deletions_.empty()) return std::nullopt;
    return deletions_since_ + options_.idle_deletion_wait;
}

bool WriterCore::reopen() {
    auto session = database_.open_writer();
    if (session) {
        session_ = std::move(*session);
        return true;
    }
    telemetry_.log().error("the write connection cannot be opened; it is tried again in a second",
                           {{"exception.message", session.error().message}});
    worker_->wake_at(env_.monotonic() + std::chrono::seconds(1));
    return false;
}

}  // namespace waybill::service
