#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "chassis/base/event.hpp"
#include "chassis/base/time.hpp"

namespace waybill::audit {

/// One event as the store keeps it, for ever. Its stream is its aggregate.
struct StoredEvent {
    std::int64_t seq = 0;  ///< the order of recording; 0 until it is written
    EventMeta meta{};
    std::string data{};  ///< JSON, as it came
    Timestamp recorded_at{};
};

/// Shared by the command that brings the event and the row that it becomes: never copied.
using EventPtr = std::shared_ptr<const StoredEvent>;

/// An event on its way into the store.
struct Recorded {
    EventPtr event;
    Timestamp recorded_at;
    std::int64_t arrival = 0;  ///< within its batch: tells equal times apart
};

}  // namespace waybill::audit
