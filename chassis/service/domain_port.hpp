#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/base/event.hpp"
#include "chassis/base/outcome.hpp"
#include "chassis/service/submission.hpp"
#include "chassis/sql/session.hpp"

namespace waybill::service {

/// When an aggregate's deadline is; nothing: it has none any more. A row of `timers`.
struct TimerChange {
    Uuid aggregate_id{};
    std::optional<Timestamp> due_at;
};

/// The aggregate that a command is about, and its version after the command.
struct Subject {
    Uuid id{};
    std::int64_t version = 0;
};

/// An event that a decision made, applied to the working set already.
struct DecidedEvent {
    EventIdentity identity;
    std::int64_t version = 0;
    std::string data;  ///< JSON
};

/// What a decision came to, without the domain's types.
struct Decision {
    std::variant<std::vector<DecidedEvent>, Rejection, Nothing> outcome;
    Subject subject;
    Uuid correlation_id{};  ///< of the aggregate; nil: the cause's, or a fresh one
    std::string origin;     ///< traceparent of the aggregate's first trace, if kept
};

/// A service's domain and store as the writer drives them: one working set at a time, one thread.
class DomainPort {
 public:
    virtual ~DomainPort() = default;
    /// Forgets the working set.
    virtual void reset() = 0;
    /// Notes the rows that the submission's command looks at.
    virtual void gather(const Submission& submission) = 0;
    /// Loads them all, locking those that may change.
    virtual sql::Status load(sql::Session& session) = 0;
    /// Decides, and applies the events to the working set.
    virtual Decision decide(Submission& submission) = 0;
    /// Writes every changed row; returns the deadlines that changed.
    virtual sql::Result<std::vector<TimerChange>> save(sql::Session& session) = 0;
};

/// Work of the frame itself in the writer's transaction (dead letters, housekeeping).
class FrameWork : public Submission {
 public:
    /// Reads and writes in the open transaction. A Rejection must come before its first write.
    virtual sql::Result<Decision> run(sql::Session& session, const Facts& facts) = 0;
};

}  // namespace waybill::service
