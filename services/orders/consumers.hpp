#pragma once
#include <optional>
#include <string>
#include <vector>

#include "chassis/messaging/message.hpp"
#include "services/orders/commands.hpp"

namespace waybill::orders {

/// Which events this service listens to.
std::vector<std::string> consumed_events();

/// Which event becomes which command. Fails for data that cannot be read.
Result<std::optional<Command>> command_of(const messaging::Message& message, Patience patience);

}  // namespace waybill::orders
