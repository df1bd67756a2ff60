#include <algorithm>
#include <array>

#include "chassis/base/check.hpp"
#include "chassis/base/faults.hpp"
#include "chassis/messaging/tables.hpp"
#include "chassis/service/writer_core.hpp"

namespace waybill::service {
namespace {

constexpr Duration purge_every = std::chrono::seconds(5);
constexpr Duration inbox_kept = std::chrono::hours(24 * 7);
constexpr Duration keys_kept = std::chrono::hours(24);
constexpr std::int64_t purge_rows = 1'000;
constexpr Duration failed_deletion_wait = std::chrono::seconds(1);
constexpr int redraws_max = 3;
/// However often it failed: when the disk has room again, nobody waits longer than this.
constexpr Duration retry_wait_max = std::chrono::seconds(5);

Error unavailable(std::string detail, std::chrono::seconds retry_after) {
    Error error(Problem::unavailable, std::move(detail));
    error.retry_after = retry_after;
    return error;
}

/// Whether it is about what was to be written: the same again would be refused again.
bool names_the_submissions(sql::FailureKind kind) {
    return kind == sql::FailureKind::duplicate || kind == sql::FailureKind::constraint ||
           kind == sql::FailureKind::invalid;
}

}  // namespace

void WriterCore::run(Submissions submissions) {
    auto deletions = take_deletions(submissions.empty());
    if (submissions.empty() && deletions.empty()) return;
    if (!session_ && !reopen()) {
        ++setbacks_;
        give_back(std::move(deletions));
        return retry_later(std::move(submissions), std::chrono::seconds(1));
    }
    auto work = std::make_unique<Work>();
    work->submissions = std::move(submissions);
    work->deletions = std::move(deletions);
    work->batch =
        std::make_unique<Batch>(Batch::Context{env_, domain_, telemetry_, rules_, batch_id_ + 1,
                                               next_seq_, deliveries_exist_},
                                work->submissions);
    const auto done = transact(*work);
    if (done) return;
    if (done.error().kind == sql::FailureKind::commit_unknown) {
        in_doubt_ = std::move(work);
        session_.reset();
        return settle_doubt();
    }
    work->batch.reset();
    recover(done.error(), std::move(work->submissions), std::move(work->deletions));
}

void WriterCore::settle_doubt() {
    const auto happened = batch_happened(batch_id_ + 1);
    if (!happened) {
        if (worker_) worker_->wake_at(env_.monotonic() + std::chrono::seconds(1));
        return;
    }
    auto work = std::move(in_doubt_);
    if (*happened) {
        ++batch_id_;
        return finish(*work);
    }
    work->batch.reset();
    recover({sql::FailureKind::connection_lost, "the connection was lost during COMMIT", "commit"},
            std::move(work->submissions), std::move(work->deletions));
}

sql::Status WriterCore::transact(Work& work) {
    if (auto begun = session_->begin(); !begun) return begun;
    Batch& batch = *work.batch;
    const auto undo = [&](sql::Status status) {
        session_->rollback();
        if (faults::planted(faults::Bug::publish_outside_transaction))
            hooks_.committed(batch.published());
        return status;
    };
    if (auto decided = batch.decide(*session_); !decided) return undo(std::move(decided));
    work.decided = env_.now();
    if (batch.empty() && work.deletions.empty()) {
        session_->rollback();
        finish(work);
        return {};
    }
    if (auto written = batch.write(*session_); !written) return undo(std::move(written));
    if (auto kept = housekeep(work.deletions, batch_id_ + 1); !kept) return undo(std::move(kept));
    faults::crash_point("before_commit");
    if (auto committed = session_->commit(); !committed) {
        if (committed.error().kind == sql::FailureKind::commit_unknown) return committed;
        return undo(std::move(committed));
    }
    faults::crash_point("after_commit");
    ++batch_id_;
    finish(work);
    return {};
}

sql::Status WriterCore::housekeep(std::span<const std::int64_t> deletions, std::int64_t batch_id) {
    look_at_disk();  // at each batch: under load a log fills 64 MiB within a second
    if (!deletions.empty()) {
        std::vector<sql::Cell> keys(deletions.begin(), deletions.end());
        if (auto removed = session_->remove(messaging::outbox_table, keys); !removed)
            return removed;
        faults::crash_point("after_outbox_deletion");
    }
    if (env_.monotonic() >= next_purge_) {
        next_purge_ = env_.monotonic() + purge_every;
        if (auto purged = purge(); !purged) return purged;
    }
    const std::array<sql::Cell, 2> state{batch_id, writer_id};
    auto updated =
        session_->execute("update writer_state set last_batch = ? where writer_id = ?", state);
    if (!updated) return tl::unexpected(std::move(updated.error()));
    return {};
}

sql::Status WriterCore::purge() {
    const Timestamp now = env_.now();
    // Message ids are UUIDv7, so the oldest rows are the first of the key.
    const Uuid oldest = Uuid::v7(now - inbox_kept, 0);
    const std::array<sql::Cell, 3> inbox{sql::id_cell(oldest), (now - inbox_kept).us, purge_rows};
    auto purged = session_->execute(
        "delete from inbox where message_id in (select message_id from inbox where message_id < ? "
        "and received_at < ? order by message_id limit ?)",
        inbox);
    if (!purged) return tl::unexpected(std::move(purged.error()));
    const std::array<sql::Cell, 2> keys{purge_rows, (now - keys_kept).us};
    auto forgotten = session_->execute(
        "delete from idempotency where rowid in (select rowid from idempotency order by rowid "
        "limit ?) and created_at < ?",
        keys);
    if (!forgotten) return tl::unexpected(std::move(forgotten.error()));
    // A whole slice was old, so more is: the next batch goes on, or busy days would outgrow it.
    if (*purged >= purge_rows || *forgotten >= purge_rows) next_purge_ = env_.monotonic();
    return {};
}

void WriterCore::look_at_disk() {
    const auto free = database_.free_bytes();
    disk_low_.store(free && *free < options_.free_bytes_min, std::memory_order_relaxed);
}

void WriterCore::finish(Work& work) {
    const Timestamp committed = env_.now();
    Batch& batch = *work.batch;
    next_seq_ = batch.next_seq();
    if (batch.wakes_clockwork()) deliveries_exist_ = true;
    if (!batch.published().empty()) {
        hooks_.committed(batch.published());
        faults::crash_point("after_publish");
    }
    if (batch.wakes_clockwork() || batch.timers_changed()) hooks_.wake_clockwork();
    for (std::size_t i = 0; i < work.submissions.size(); ++i) {
        record_spans(*work.submissions[i], batch.completions()[i], work.decided, committed,
                     work.submissions.size());
        work.submissions[i]->complete(std::move(batch.completions()[i]));
    }
    faults::crash_point("after_answer");
}

void WriterCore::record_spans(const Submission& submission, const Completion& completion,
                              Timestamp decided, Timestamp committed, std::size_t size) {
    if (!submission.cause.trace.valid()) return;
    auto span = telemetry_.tracer().start_at("store.commit", telemetry::Kind::internal,
                                             submission.cause.trace, submission.queued_at);
    span.set("waybill.command", submission.name())
        .set("waybill.batch.id", batch_id_)
        .set("waybill.batch.size", static_cast<std::int64_t>(size))
        .set("waybill.decided_us", (decided - submission.queued_at).count());
    if (completion.kind == Completion::Kind::nothing)
        span.set("waybill.outcome", completion.reason);
    if (completion.kind == Completion::Kind::replayed) span.set("waybill.outcome", "replayed");
    if (completion.error) span.set("waybill.outcome", info(completion.error->problem).slug);
    if (completion.origin.valid() && completion.origin.trace_id != submission.cause.trace.trace_id)
        span.link(completion.origin);
    span.end_at(committed);
}

void WriterCore::give_back(std::vector<std::int64_t> deletions) {
    std::lock_guard lock(mutex_);
    deletions_.insert(deletions_.begin(), deletions.begin(), deletions.end());
    deletions_since_ = env_.monotonic() + failed_deletion_wait;
}

void WriterCore::recover(const sql::Failure& failure, Submissions submissions,
                         std::vector<std::int64_t> deletions) {
    give_back(std::move(deletions));
    telemetry_.log().warn("a batch was not written", {{"exception.message", failure.message},
                                                      {"db.query.summary", failure.statement},
                                                      {"waybill.batch.size", submissions.size()}});
    if (submissions.empty() || !names_the_submissions(failure.kind)) ++setbacks_;
    switch (failure.kind) {
        case sql::FailureKind::fatal:
            hooks_.fatal(failure);
            return refuse_all(std::move(submissions),
                              unavailable("the database cannot be used", std::chrono::seconds(5)));
        case sql::FailureKind::connection_lost:
        case sql::FailureKind::commit_unknown:
            session_.reset();
            return retry_later(std::move(submissions), std::chrono::milliseconds(10));
        case sql::FailureKind::transient:
        case sql::FailureKind::timeout:
            return retry_later(std::move(submissions), std::chrono::milliseconds(5));
        case sql::FailureKind::disk_full: {
            Submissions told;
            for (auto& submission : submissions)
                if (submission->taken) told.push_back(std::move(submission));
            std::erase(submissions, nullptr);
            disk_low_.store(true, std::memory_order_relaxed);
            refuse_all(std::move(submissions), unavailable("the disk is full; nothing was changed",
                                                           std::chrono::seconds(5)));
            return retry_later(std::move(told), std::chrono::seconds(1));
        }
        case sql::FailureKind::duplicate:
        case sql::FailureKind::constraint:
        case sql::FailureKind::invalid:
            break;
    }
    if (submissions.empty()) return;
    if (submissions.size() == 1) return recover_one(failure, std::move(submissions));
    // Nobody is named, so halving finds who it is; the others go through.
    Submissions second(std::make_move_iterator(submissions.begin() +
                                               static_cast<std::ptrdiff_t>(submissions.size() / 2)),
                       std::make_move_iterator(submissions.end()));
    submissions.resize(submissions.size() / 2);
    run_again(std::move(second), env_.monotonic());
    run_again(std::move(submissions), env_.monotonic());
}

void WriterCore::recover_one(const sql::Failure& failure, Submissions submissions) {
    Submission& alone = *submissions.front();
    // An id or a number that it drew may have been taken; whatever else was is seen by loading.
    if (failure.kind == sql::FailureKind::duplicate && alone.redraws < redraws_max) {
        ++alone.redraws;
        alone.facts.reset();
        return run_again(std::move(submissions), env_.monotonic());
    }
    if (alone.taken && alone.taken->dead_reason.empty()) {
        alone.taken->dead_reason = "database_refused";
        alone.taken->fault = failure.message;
        return run_again(std::move(submissions), env_.monotonic());
    }
    if (alone.taken)
        telemetry_.log().error(
            "a message could neither be taken nor laid aside; the next start delivers it again",
            {{"exception.message", failure.message}});
    refuse_all(std::move(submissions),
               Error(Problem::internal_error, "the change could not be stored"));
}

void WriterCore::retry_later(Submissions submissions, Duration wait) {
    if (submissions.empty()) return;
    int attempts = 0;
    for (auto& submission : submissions) attempts = std::max(attempts, submission->attempts++);
    const auto most = std::min(wait.count() << std::min(attempts, 8), retry_wait_max.count());
    const auto jitter =
        static_cast<std::int64_t>(env_.random() % static_cast<std::uint64_t>(most / 2 + 1));
    run_again(std::move(submissions), env_.monotonic() + Duration(most / 2 + jitter));
}

void WriterCore::run_again(Submissions submissions, MonoTime at) {
    {
        std::lock_guard lock(mutex_);
        later_.push_front({at, std::move(submissions)});
    }
    worker_->wake_at(at);
}

void WriterCore::refuse_all(Submissions submissions, const Error& error) {
    for (auto& submission : submissions) {
        Completion completion;
        completion.kind = Completion::Kind::failed;
        completion.error = error;
        submission->complete(std::move(completion));
    }
}

std::optional<bool> WriterCore::batch_happened(std::int64_t batch_id) {
    session_.reset();
    if (!reopen()) return std::nullopt;
    const std::array<sql::Cell, 1> id{writer_id};
    auto rows = session_->query("select last_batch from writer_state where writer_id = ?", id);
    if (!rows || rows->empty()) return std::nullopt;
    return sql::as_int(rows->row(0)[0]) == batch_id;
}

}  // namespace waybill::service
