#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chassis/messaging/message.hpp"
#include "chassis/sql/session.hpp"

namespace waybill::messaging {

/// A message that a consumer took but could not carry out: waiting for its next attempt, or dead
/// until an operator acts. A row of `deliveries`.
struct DeliveryRow {
    std::int64_t id = 0;
    std::string consumer;
    Uuid message_id{};
    std::string message_type;
    std::string queue;
    std::string aggregate;  ///< `type/id`, empty for unordered messages
    std::int64_t seq = 0;   ///< aggregate version
    std::int64_t attempts = 0;
    Timestamp not_before{};
    std::string state;   ///< waiting, dead, replayed, discarded
    std::string reason;  ///< low cardinality: `unreadable`, `handler_failed`, …
    std::string fault;   ///< the last failure, for people
    Timestamp first_failed_at{};
    Timestamp last_failed_at{};
    std::string headers;  ///< JSON object
    std::string body;     ///< the envelope, JSON
    std::optional<std::string> original_body;
    std::optional<std::string> edited_by;
    std::optional<std::string> replayed_by;  ///< set from a replay on: success leaves `replayed`
    std::optional<std::string> discard_reason;
};

/// `type/id` of what a message tells about.
std::string aggregate_of(const EventMeta& meta);

/// The row of a message that waits (or is dead) for the first time.
DeliveryRow delivery_of(const Message& message, std::string_view consumer, std::string_view queue,
                        std::string_view state, std::string_view reason, std::string fault,
                        Timestamp now);

/// Reads and writes `deliveries` within the writer's transaction or a reader's session.
class Deliveries {
 public:
    /// Adds rows; one whose (message, consumer) is there already is left as it is.
    static sql::Status add(sql::Session& session, const DeliveryRow& row);
    static sql::Status save(sql::Session& session, const DeliveryRow& row);
    static sql::Status remove(sql::Session& session, std::int64_t id);
    static sql::Result<std::optional<DeliveryRow>> find(sql::Session& session, std::int64_t id);
    /// The rows of these (message, consumer).
    static sql::Result<std::optional<DeliveryRow>> find_message(sql::Session& session,
                                                                const Uuid& message_id,
                                                                std::string_view consumer);
    /// Waiting rows that may be tried now: due, and the first of their aggregate. With
    /// `dead_blocks`, a dead row holds back those behind it too.
    static sql::Result<std::vector<DeliveryRow>> due(sql::Session& session, Timestamp now,
                                                     bool dead_blocks, std::int64_t limit);
    /// When the next waiting row becomes due; nothing when none waits.
    static sql::Result<std::optional<Timestamp>> next_due(sql::Session& session);
    /// Whether something of this aggregate waits (or, with `dead_blocks`, is dead).
    static sql::Result<bool> held(sql::Session& session, std::string_view consumer,
                                  std::string_view aggregate, bool dead_blocks);

    struct Filter {
        std::optional<std::string> reason, message_type, state;
        std::int64_t before_id = 0;  ///< keyset: rows with a smaller id; 0: from the newest
        std::int64_t limit = 20;
    };
    static sql::Result<std::vector<DeliveryRow>> list(sql::Session& session, const Filter& filter);
    struct Group {
        std::string reason;
        std::int64_t count = 0;
    };
    static sql::Result<std::vector<Group>> by_reason(sql::Session& session, const Filter& filter);
    static sql::Result<std::int64_t> count(sql::Session& session, std::string_view state);
};

}  // namespace waybill::messaging
