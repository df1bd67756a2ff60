#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "chassis/messaging/destination.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/sql/database.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::messaging {

/// Carries one service's committed events to its destinations: each row until every destination
/// that wants it has taken it, then its deletion is given to the writer. Order within an
/// aggregate is kept; a slow destination holds back only itself. What is committed comes in
/// memory; SQL is read at the start and after an overflow of that memory. For databases with one
/// owner (sql::Traits::single_owner), whose outbox ids are in commit order. A crash anywhere makes
/// duplicates, never losses.
class Relay final : public Acknowledgements {
 public:
    struct Options {
        std::size_t window = 4'096;       ///< messages under way to one destination
        std::size_t memory_max = 32'768;  ///< messages held in memory; the rest stays in SQL
        std::size_t read_rows = 1'000;    ///< rows a SQL read takes
    };
    /// Receives the ids of rows that every destination has taken. Thread-safe, never blocks.
    using DeleteRows = std::function<void(std::vector<std::int64_t>)>;

    Relay(Env& env, sql::Database& database, telemetry::Telemetry& telemetry, DeleteRows remove,
          Options options);
    ~Relay() override;

    /// Before any service of the process starts: adds a destination of this process.
    void add(Destination& destination);
    /// As add(): a subscriber that does not run here; rows it wants are kept for it.
    void add_absent(std::string name, std::vector<std::string> event_types);

    /// Before anything can be committed, which may be before start(): rows up to `last_id`, the
    /// highest outbox id ever given out, may wait from an earlier run. They go first.
    void prepare(std::int64_t last_id);
    /// Reads what waits and begins.
    void start();
    /// The writer's committed rows, ids ascending. From the writer's thread.
    void committed(std::vector<OutboxEntry> rows);
    void taken(std::size_t destination, std::span<const std::int64_t> outbox_ids) override;
    /// Finishes the step in hand. What is not taken stays in the outbox for the next start.
    void stop();

    /// Rows that a running destination has not taken, and the time of the oldest (0: none).
    std::size_t pending() const { return pending_count_.load(std::memory_order_relaxed); }
    /// Every event that committed() told of has been taken by all. Unlike `pending() == 0` it
    /// misses none that has not been looked at yet. Thread-safe.
    bool idle() const;
    Duration oldest_age() const;

 private:
    struct Target {
        Destination* destination;
        std::deque<OutboxEntry> queue;
        std::size_t under_way = 0;
    };
    struct Absent {
        std::string name;
        std::vector<std::string> event_types;
    };
    struct Pending {
        std::uint32_t targets = 0;  ///< bits of those that have not taken it
        bool keep = false;          ///< an absent subscriber wants it
        Timestamp occurred_at{};
    };

    void step();
    void accept(std::vector<OutboxEntry> rows);
    void settle(std::span<const std::pair<std::size_t, std::int64_t>> acks);
    void refill();
    void send();
    void publish_span(std::span<const OutboxEntry> batch, std::string_view destination);
    bool kept_for_absent(std::string_view type) const;

    Env& env_;
    sql::Database& database_;
    telemetry::Telemetry& telemetry_;
    DeleteRows remove_;
    Options options_;
    std::vector<Target> targets_;
    std::vector<Absent> absent_;
    bool started_ = false;

    mutable std::mutex mutex_;  // guards the three members below
    std::vector<OutboxEntry> arrived_;
    std::vector<std::pair<std::size_t, std::int64_t>> acks_;
    std::int64_t overflow_to_ = 0;  ///< highest id that was left to SQL

    std::unordered_map<std::int64_t, Pending> pending_;
    std::deque<std::pair<std::int64_t, Timestamp>> order_;  ///< ids as accepted, for the oldest
    std::int64_t read_to_ = 0;  ///< rows up to here are or were in memory
    std::unique_ptr<sql::Session> session_;
    std::atomic<std::size_t> pending_count_{0};
    std::atomic<std::int64_t> oldest_us_{0};
    telemetry::Histogram publish_delay_;
    std::unique_ptr<Worker> worker_;
};

}  // namespace waybill::messaging
