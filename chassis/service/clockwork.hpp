#pragma once
#include <functional>
#include <memory>
#include <set>

#include "chassis/runtime/env.hpp"
#include "chassis/service/consumer.hpp"
#include "chassis/sql/database.hpp"

namespace waybill::service {

/// One service's sense of time: finds deadlines and retries that are due in `timers` and
/// `deliveries`, and puts them to the writer like anyone else. Rows are the truth; its own timer
/// only wakes it, so time survives restarts.
class Clockwork {
 public:
    struct Options {
        Duration poll_every = std::chrono::seconds(5);  ///< at the latest, whatever is known
        std::int64_t rows_max = 500;                    ///< one look at each table
        bool dead_blocks = false;
    };
    /// Tells the domain that the deadline of an aggregate has passed. False: not now.
    using PassDeadline = std::function<bool(const Uuid&)>;

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
    sql::Result<std::optional<Timestamp>> pass_deadlines();
    sql::Result<std::optional<Timestamp>> retry_deliveries();

    Env& env_;
    sql::Database& database_;
    telemetry::Telemetry& telemetry_;
    PassDeadline pass_deadline_;
    Redelivery* redelivery_;
    Options options_;
    std::unique_ptr<sql::Session> session_;
    std::unique_ptr<Worker> worker_;
};

}  // namespace waybill::service
