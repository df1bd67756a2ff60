#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/base/event.hpp"
#include "chassis/base/facts.hpp"
#include "chassis/base/trace_context.hpp"
#include "chassis/messaging/message.hpp"

namespace waybill::service {

/// The writer's queues, in the order they are drained.
enum class Lane : std::uint8_t { told, move, create };
inline constexpr std::size_t lane_count = 3;

/// Who asks, and what it follows from.
struct Cause {
    Actor actor;
    TraceContext trace;  ///< the span that the work belongs to
    std::string tracestate;
    std::string baggage;
    Uuid correlation_id{};  ///< nil: the aggregate's own, or a fresh one
    Uuid causation_id{};    ///< the event that caused it; nil: the command itself
};

/// The client's promise that a repeat is the same request (`domain.md`, conventions).
struct IdempotencyKey {
    std::string subject;
    std::string key;
    std::int64_t item = 0;       ///< index within a batch request
    std::string request_hash;    ///< SHA-256 of method, path with query, body bytes
    std::uint16_t status = 200;  ///< what a success is answered with
};

/// A message being taken by this service's consumer.
struct TakenMessage {
    messaging::MessagePtr message;
    std::int64_t delivery_id = 0;  ///< the `deliveries` row of a further attempt; 0: none
    std::string dead_reason;       ///< not empty: it cannot be carried out, and goes dead
    std::string fault;             ///< why, for people
};

/// How a submission ended.
struct Completion {
    enum class Kind : std::uint8_t {
        done,      ///< its events are committed
        nothing,   ///< there was nothing to do; committed with its inbox or idempotency row
        replayed,  ///< the key or message had had its effect before
        rejected,  ///< by the domain; nothing changed
        failed,    ///< not carried out, or (timeout) not known to be
    };
    Kind kind = Kind::failed;
    std::optional<Error> error;  ///< of rejected and failed
    std::string_view reason;     ///< of nothing
    Uuid aggregate_id{};
    std::int64_t version = 0;
    std::uint16_t status = 200;  ///< of replayed: what was answered first
    TraceContext origin;         ///< the first trace of the aggregate, where it keeps it
};

/// One command on its way through the writer. Each waiter brings its node, so completing it needs
/// no room and cannot fail.
class Submission {
 public:
    virtual ~Submission() = default;
    /// Called once, on the writer's thread, after the batch's commit (or when it will never be).
    virtual void complete(Completion completion) = 0;
    /// A static word for spans and metrics: `PlaceOrder`.
    virtual std::string_view name() const = 0;

    Lane lane = Lane::create;
    Cause cause;
    std::optional<IdempotencyKey> idempotency;
    std::optional<TakenMessage> taken;
    std::optional<MonoTime> deadline;  ///< none for what is told: it waits as long as it needs
    std::size_t bytes = 512;           ///< about how much it holds, for the batch's bound

    // The writer's own notes.
    std::optional<Facts> facts;  ///< drawn once, kept when a batch runs again
    Timestamp queued_at{};
    MonoTime waits_since{};  ///< the same moment by the clock that never steps
    int attempts = 0;
    int redraws = 0;  ///< how often new facts were drawn, because what the old ones gave was taken
};

}  // namespace waybill::service
