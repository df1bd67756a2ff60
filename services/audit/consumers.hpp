#pragma once
#include <optional>
#include <string>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/messaging/message.hpp"
#include "services/audit/commands.hpp"

namespace waybill::audit {

/// Every event type of the platform: the audit keeps them all.
std::vector<std::string> consumed_events();

/// Every message is kept as it came. One whose data is no JSON is `malformed-json`.
Result<std::optional<Command>> command_of(const messaging::Message& message);

}  // namespace waybill::audit
