#pragma once
#include <optional>
#include <string>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/messaging/message.hpp"
#include "services/notifications/commands.hpp"

namespace waybill::notifications {

/// The event types that this service takes.
std::vector<std::string> consumed_events();

/// The command that an event is; nothing for a type that is not taken. An event that does not say
/// what it must is `validation-failed`.
Result<std::optional<Command>> command_of(const messaging::Message& message);

}  // namespace waybill::notifications
