#pragma once
#include <memory>

#include "chassis/service/service.hpp"
#include "services/audit/ports.hpp"

namespace waybill::app {

/// A service's consumer as the audit replays into it. `target` outlives it.
std::unique_ptr<audit::ReplayTarget> make_replay_target(service::Service& target);

}  // namespace waybill::app
