#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "chassis/base/error.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/runtime/task.hpp"
#include "chassis/sql/database.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::sql {

/// A read in hand. Shared by the caller and the worker: either may be done with it first.
class ReadJob {
 public:
    virtual ~ReadJob() = default;
    virtual void run(Session& session) = 0;
};

/// A few threads for blocking reads, shared by the embedded services. Thread-safe.
class ReaderPool {
 public:
    /// At most `queue_max` reads wait; further ones are refused at once.
    ReaderPool(Env& env, std::size_t threads, std::size_t queue_max = 1024);
    ~ReaderPool();  ///< every Readers must be gone

 private:
    friend class Readers;
    struct State;
    std::unique_ptr<State> state_;
};

/// Reads of one service's database on the pool's threads, each with its own read-only session
/// (opened when first needed). Thread-safe. Outlives the reads it was asked for.
class Readers {
 public:
    Readers(ReaderPool& pool, Database& database, telemetry::Telemetry& telemetry);
    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;
    ~Readers();  ///< lets a read in hand finish; waiting ones are refused

    /// Runs `fn(Session&)` on a reader thread and resumes the caller on its loop with what it
    /// returned: a waybill::Result or a sql::Result (whose failure becomes an Error). `fn` is a
    /// plain function object that owns what it uses: after the deadline it may outlive the caller.
    /// Errors of its own: `gateway_timeout` after the deadline, `overloaded` when too many wait.
    template <class F>
    auto read(F fn, Deadline deadline, TraceContext parent = {})
        -> Task<waybill::Result<typename std::invoke_result_t<F&, Session&>::value_type>> {
        auto job = std::make_shared<Job<F>>(std::move(fn));
        waybill::Status done = co_await run(job, deadline, parent);
        if (!done) co_return tl::unexpected(std::move(done.error()));
        co_return std::move(*job->result);
    }

    struct State;

 private:
    template <class F>
    struct Job final : ReadJob {
        using Outcome = std::invoke_result_t<F&, Session&>;
        using Value = typename Outcome::value_type;
        explicit Job(F&& f) : function(std::move(f)) {}
        void run(Session& session) override {
            Outcome outcome = function(session);
            if constexpr (std::is_same_v<typename Outcome::error_type, Failure>)
                result = std::move(outcome).map_error(to_error);
            else
                result = std::move(outcome);
        }
        F function;
        std::optional<waybill::Result<Value>> result;
    };
    Task<waybill::Status> run(std::shared_ptr<ReadJob> job, Deadline deadline, TraceContext parent);
    std::unique_ptr<State> state_;
};

}  // namespace waybill::sql
