#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "chassis/base/event.hpp"

namespace waybill::messaging {

/// A published event on its way: what it carries, and its data as JSON. `meta.event_id` is the
/// message id. Immutable once published.
struct Message {
    EventMeta meta;
    std::string data;
};

/// Shared by the relay and every consumer that has not yet taken the message.
using MessagePtr = std::shared_ptr<const Message>;

/// A committed outbox row and its message.
struct OutboxEntry {
    std::int64_t id = 0;  ///< ascending in commit order for one aggregate; never reused
    MessagePtr message;
};

/// The relay lane of an aggregate, 0..7: what belongs to one aggregate goes by one lane.
std::int64_t lane_of(const Uuid& aggregate_id);

/// A hash of what a message says, kept beside its id in the inbox: the same id with another body
/// is told from a redelivery. SHA-256, the first 16 bytes.
std::string body_hash(const Message& message);

}  // namespace waybill::messaging
