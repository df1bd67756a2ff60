#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/messaging/message.hpp"

namespace waybill::messaging {

/// One event type as the platform promises it to readers.
struct EventContract {
    std::string type;            ///< `OrderCreated`
    std::string aggregate_type;  ///< empty: the publisher's own
    std::string doc;             ///< one sentence
    std::string data_schema;     ///< JSON Schema of the data, by itself
    std::vector<std::string> publishers;
    std::vector<std::string> consumers;
    Message example;
    std::int32_t version = 1;
};

/// What the document says of itself.
struct AsyncApiInfo {
    std::string_view title = "Waybill events";
    std::string_view version;
};

/// The AsyncAPI 3.0 document (JSON) of these events: a channel for each, named as its exchange is;
/// who sends and who receives; the envelope as MassTransit 8 reads it, the headers beside it; and
/// each event's JSON Schema (2020-12), under the event's name, with an example that the platform's
/// own writer made. Types are unique, which is CHECKed.
std::string asyncapi(const AsyncApiInfo& info, const std::vector<EventContract>& events);

}  // namespace waybill::messaging
