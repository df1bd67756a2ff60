#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "chassis/messaging/message.hpp"

namespace waybill::messaging {

/// Hears which messages a destination has taken. Thread-safe; outlives every destination's use.
class Acknowledgements {
 public:
    virtual ~Acknowledgements() = default;
    /// `destination` (the index given to deliver) has taken these outbox rows: the effect or a
    /// `deliveries` row is committed (local), or the broker has confirmed (RabbitMQ).
    virtual void taken(std::size_t destination, std::span<const std::int64_t> outbox_ids) = 0;
};

/// Where a relay's messages go: a consumer of the same process, or a broker.
class Destination {
 public:
    virtual ~Destination() = default;
    virtual std::string_view name() const = 0;
    virtual bool wants(std::string_view event_type) const = 0;
    /// Takes the messages in the order given, each until it is taken, however long that needs;
    /// the relay bounds what is under way. Never blocks.
    virtual void deliver(std::vector<OutboxEntry> batch, std::size_t destination,
                         Acknowledgements& acks) = 0;
};

}  // namespace waybill::messaging
