#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "chassis/base/error.hpp"
#include "chassis/messaging/operator_acted.hpp"
#include "services/audit/replay.hpp"
#include "services/audit/stored_event.hpp"

namespace waybill::audit {

/// Internal: the store has one more event.
struct EventAppended {
    Recorded row;
};
/// Internal: a replay began or moved on; holds it as it is afterwards.
struct ReplayChanged {
    Replay after{};
};

/// A replay began: published.
using messaging::OperatorActed;

using Event = std::variant<OperatorActed, EventAppended, ReplayChanged>;

/// Type, aggregate and whether it is published.
EventIdentity identify(const Event& event);

/// A published event from its type and data; unknown members are ignored. Fails with
/// malformed-json or validation-failed, and for a type that is not of this service.
Result<Event> event_from_json(std::string_view type, std::string_view data);
/// The data of a published event, compact.
std::string to_json(const Event& event);

}  // namespace waybill::audit
