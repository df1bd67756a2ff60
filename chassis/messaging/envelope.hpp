#pragma once
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"
#include "chassis/messaging/message.hpp"

namespace waybill::messaging {

/// A message as MassTransit 8 writes it (`application/vnd.masstransit+json`): the envelope with
/// messageId, correlationId, conversationId, initiatorId, messageType, message, sentTime, headers
/// and host; `message` holds the event's own members and its `data`.
std::string to_envelope(const Message& message);

/// Reads an envelope of at most 1 MiB (the largest event, an order of 100 lines with every text at
/// its longest, takes less than half of that); member names in any letter case, unknown members
/// ignored. What is missing or wrong is named with its pointer.
Result<Message> from_envelope(std::string_view text);

/// The transport headers that travel beside the body: traceparent, tracestate, MT-Activity-Id,
/// x-aggregate, x-seq. A JSON object.
std::string envelope_headers(const Message& message);

}  // namespace waybill::messaging
