#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "chassis/messaging/message.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/service/domain_port.hpp"
#include "chassis/service/tables.hpp"
#include "chassis/sql/session.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::service {

/// How a service's consumer takes messages.
struct TakingRules {
    std::string consumer;          ///< the consumer's name: `inventory`
    std::string queue;             ///< its queue, for display: `inventory`
    bool keeps_inbox = true;       ///< false: its own store dedupes for ever (Audit)
    bool dead_blocks = false;      ///< `block` instead of `park` (`messaging.md`, taking 3)
    std::vector<Duration> ladder;  ///< waits before the 2nd, 3rd, … attempt
};

/// One run of the writer's transaction over some submissions: load, decide, write. The writer
/// begins and commits. Holds the texts that the rows' cells view until it is destroyed.
class Batch {
 public:
    struct Context {
        Env& env;
        DomainPort& domain;
        telemetry::Telemetry& telemetry;
        const TakingRules& rules;
        std::int64_t batch_id;
        std::int64_t next_seq;  ///< the first free `events.seq`
        bool something_waits;   ///< `deliveries` may hold rows that hold others back
    };
    Batch(Context context, std::vector<std::unique_ptr<Submission>>& submissions);

    /// Loads and decides every submission, in order.
    sql::Status decide(sql::Session& session);
    /// Writes everything that was decided.
    sql::Status write(sql::Session& session);

    /// How each submission ends when the commit succeeds; by index.
    std::vector<Completion>& completions() { return completions_; }
    std::vector<std::unique_ptr<Submission>>& submissions() { return submissions_; }
    std::vector<messaging::OutboxEntry>& published() { return published_; }
    std::int64_t next_seq() const { return next_seq_; }
    /// Whether a row was added to `deliveries`, or a deadline set: the clockwork looks again.
    bool wakes_clockwork() const { return wakes_clockwork_; }
    bool timers_changed() const { return timers_changed_; }
    /// Nothing to write: every submission was rejected or replayed.
    bool empty() const;

 private:
    sql::Status load(sql::Session& session);
    sql::Status load_idempotency(sql::Session& session);
    sql::Status load_inbox(sql::Session& session);
    sql::Status decide_one(sql::Session& session, std::size_t index);
    /// True when the key answers the submission (as a replay or a refusal).
    bool answer_by_key(std::size_t index);
    /// True when the message ends here: a duplicate, or a row in `deliveries`.
    sql::Result<bool> take(sql::Session& session, std::size_t index);
    /// Whether the row of a further attempt still waits and is due; otherwise it ends here.
    sql::Result<bool> due_row(sql::Session& session, std::size_t index);
    /// A message that cannot be carried out becomes a dead row.
    sql::Status bury(sql::Session& session, std::size_t index);
    sql::Status park(sql::Session& session, std::size_t index, std::string_view state,
                     std::string_view reason, std::string fault);
    sql::Status fail_taken(sql::Session& session, std::size_t index, const Error& why);
    sql::Status settle_delivery(sql::Session& session, const Submission& submission);
    sql::Status accept(sql::Session& session, std::size_t index, Decision decision);
    void publish(Submission& submission, const Decision& decision,
                 std::vector<DecidedEvent>& events);
    void keep_key(std::size_t index);
    sql::Status write_events(sql::Session& session);
    sql::Status write_inbox(sql::Session& session);
    sql::Status write_keys(sql::Session& session);

    struct KeptKey {
        std::string lookup;
        IdempotencyRow row;
        const IdempotencyKey* key;
    };
    struct InboxEntry {
        Uuid message_id{};
        std::string body_hash;
    };

    Context context_;
    std::vector<std::unique_ptr<Submission>>& submissions_;
    std::vector<Completion> completions_;
    std::vector<std::string> lookups_;                            ///< by index; empty: no key
    std::unordered_map<std::string, IdempotencyRow> known_keys_;  ///< loaded, and of this batch
    std::unordered_map<Uuid, std::string> known_messages_;        ///< id, body hash
    std::vector<InboxEntry> inbox_;
    std::vector<KeptKey> kept_keys_;
    std::vector<messaging::OutboxEntry> published_;
    std::int64_t next_seq_;
    bool domain_touched_ = false;
    bool deliveries_touched_ = false;
    bool wakes_clockwork_ = false;
    bool timers_changed_ = false;
};

}  // namespace waybill::service
