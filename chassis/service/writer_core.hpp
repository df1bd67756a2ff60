#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "chassis/runtime/env.hpp"
#include "chassis/service/batch.hpp"
#include "chassis/sql/database.hpp"

namespace waybill::service {

/// The writer's row in `writer_state`; a database with one owner has one.
inline constexpr std::string_view writer_id = "main";

struct WriterOptions {
    std::size_t batch_submissions_max = 512;
    std::size_t batch_bytes_max = std::size_t{4} << 20U;
    /// Told: more than the windows of all relays that deliver here and two looks of the clockwork,
    /// so that it never fills.
    std::array<std::size_t, lane_count> queue_max{65'536, 8'192, 8'192};
    /// Creates are refused while the oldest of them has waited longer: what is older than its
    /// client's patience is written for nobody. A short queue is never refused for one slow commit.
    Duration create_wait_max = std::chrono::seconds(1);
    std::size_t create_queue_short = 64;
    std::size_t outbox_deletions_max = 4'096;  ///< in one batch
    Duration idle_deletion_wait = std::chrono::milliseconds(20);
    std::uint64_t free_bytes_min = std::uint64_t{64} << 20U;  ///< below it creates get 503
};

/// The one writer of a service and process: gathers submissions while a batch commits, then runs
/// them as the next batch (`frame.md`, "The writer"). Submitting is thread-safe and never blocks;
/// everything else happens on the writer's own thread.
class WriterCore {
 public:
    struct Hooks {
        /// The committed events, ids ascending; on the writer's thread.
        std::function<void(const std::vector<messaging::OutboxEntry>&)> committed;
        /// `deliveries` or `timers` may hold something due earlier than known.
        std::function<void()> wake_clockwork;
        /// The database is damaged or cannot be written: the process must end. Does not return.
        std::function<void(const sql::Failure&)> fatal;
    };

    WriterCore(Env& env, sql::Database& database, DomainPort& domain,
               telemetry::Telemetry& telemetry, TakingRules rules, WriterOptions options,
               Hooks hooks);
    ~WriterCore();

    /// Opens the write connection, reads where the last run ended and starts the thread.
    /// Returns the highest outbox id ever given out.
    sql::Result<std::int64_t> start();
    /// Joins the gathering batch; the submission completes later. A full queue, a full disk (for
    /// creates) or a stopped writer gives it back with the reason.
    Status enqueue(std::unique_ptr<Submission> submission);
    /// Outbox rows to delete with the next batch.
    void remove_outbox_rows(std::vector<std::int64_t> ids);
    /// Runs one batch. The worker's step; the simulator may call it itself.
    void step();
    /// Runs what has gathered, then ends the thread; later submissions are refused.
    void stop();
    /// A reason to refuse creates (admission), or nothing. From any thread.
    void set_admission(std::function<std::optional<Error>()> admission) {
        admission_ = std::move(admission);
    }

 private:
    using Submissions = std::vector<std::unique_ptr<Submission>>;

    bool create_queue_stands(MonoTime now) const;
    Submissions gather();
    void take_from(Lane lane, std::size_t count_max, std::size_t& bytes, Submissions& out);
    void refuse_expired(Submissions& submissions);
    std::vector<std::int64_t> take_deletions(bool idle);
    std::optional<MonoTime> deletions_due();
    /// Runs again as one batch, alone, before everything that came later.
    struct Again {
        MonoTime not_before;
        Submissions submissions;
    };
    /// A batch and what it runs over; kept while its COMMIT is in doubt.
    struct Work {
        Submissions submissions;
        std::vector<std::int64_t> deletions;
        std::unique_ptr<Batch> batch;
        Timestamp decided{};
    };
    void run(Submissions submissions);
    sql::Status transact(Work& work);
    void settle_doubt();
    sql::Status housekeep(std::span<const std::int64_t> deletions, std::int64_t batch_id);
    sql::Status purge();
    void finish(Work& work);
    void record_spans(const Submission& submission, const Completion& completion, Timestamp decided,
                      Timestamp committed, std::size_t size);
    void give_back(std::vector<std::int64_t> deletions);
    void recover(const sql::Failure& failure, Submissions submissions,
                 std::vector<std::int64_t> deletions);
    void recover_one(const sql::Failure& failure, Submissions submissions);
    void retry_later(Submissions submissions, Duration wait);
    void run_again(Submissions submissions, MonoTime at);
    void refuse_all(Submissions submissions, const Error& error);
    bool something_waits();
    std::optional<MonoTime> next_batch_due();
    void refuse_rest();
    /// Whether the batch whose COMMIT was cut off happened: `writer_state` says.
    std::optional<bool> batch_happened(std::int64_t batch_id);
    bool reopen();
    void look_at_disk();

    Env& env_;
    sql::Database& database_;
    DomainPort& domain_;
    telemetry::Telemetry& telemetry_;
    TakingRules rules_;
    WriterOptions options_;
    Hooks hooks_;
    std::function<std::optional<Error>()> admission_;

    std::mutex mutex_;  // guards the four members below
    std::array<std::deque<std::unique_ptr<Submission>>, lane_count> queues_;
    std::deque<Again> later_;  ///< in the order in which they run
    std::vector<std::int64_t> deletions_;
    bool stopped_ = false;
    std::atomic<bool> disk_low_{false};

    std::unique_ptr<sql::Session> session_;
    std::unique_ptr<Work> in_doubt_;  ///< nothing else runs until it is settled
    bool ended_ = false;
    int setbacks_ = 0;  ///< batches that could not be written for now
    std::int64_t batch_id_ = 0;
    std::int64_t next_seq_ = 1;
    bool deliveries_exist_ = false;
    MonoTime next_purge_{};
    MonoTime deletions_since_{};
    std::array<telemetry::UpDownCounter, lane_count> depth_;
    std::unique_ptr<Worker> worker_;
};

}  // namespace waybill::service
