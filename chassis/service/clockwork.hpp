#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>

#include "chassis/runtime/env.hpp"
#include "chassis/service/consumer.hpp"
#include "chassis/sql/database.hpp"

namespace waybill::service {

/// One service's sense of time: finds deadlines and retries that are due in `timers` and
/// `deliveries`, and puts them to the writer like anyone else; it looks again when those are done.
/// Rows are the truth; its own timer only wakes it, so time survives restarts.
class Clockwork {
 public:
    struct Options {
        Duration poll_every = std::chrono::seconds(5);  ///< at the latest, whatever is known
        std::int64_t rows_max = 500;                    ///< one look at each table
        bool dead_blocks = false;
    };
    /// Tells the domain that the deadline of an aggregate has passed; `done` runs on the writer's
    /// thread, however that ends. False: not now; `done` is not called then.
    using PassDeadline = std::function<bool(const Uuid&, std::function<void()> done)>;

    /// `redelivery` may be null: a service without a consumer.
    Clockwork(Env& env, sql::Database& database, telemetry::Telemetry& telemetry,
              PassDeadline pass_deadline, Redelivery* redelivery, Options options);
    ~Clockwork();
    void start();
    /// Something may be due earlier than known. From any thread.
    void wake();
    void stop();

 private:
    void step();
    /// Counts one as under way; what ends it.
    std::function<void()> one_more();
    void one_done();
    sql::Result<std::optional<Timestamp>> pass_deadlines();
    sql::Result<std::optional<Timestamp>> retry_deliveries();

    Env& env_;
    sql::Database& database_;
    telemetry::Telemetry& telemetry_;
    PassDeadline pass_deadline_;
    Redelivery* redelivery_;
    Options options_;
    std::unique_ptr<sql::Session> session_;
    std::atomic<std::int64_t> under_way_{0};  ///< put to the writer, which has not ended them
    std::atomic<bool> look_again_{false};     ///< as soon as nothing is under way
    std::unique_ptr<Worker> worker_;
};

}  // namespace waybill::service
