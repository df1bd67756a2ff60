#pragma once
#include <vector>

#include "chassis/messaging/asyncapi.hpp"

namespace waybill::app {

/// Every event type of the platform, by name: what the services say of their events put together,
/// each with an example. The same in every process, whatever it runs.
std::vector<messaging::EventContract> event_contracts();

/// One event that was made up, and written by the service that owns its type.
struct EventExample {
    std::string_view doc;
    EventIdentity identity;
    std::string data;
};
/// One for every type, in no order.
std::vector<EventExample> event_examples();

}  // namespace waybill::app
