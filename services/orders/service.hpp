#pragma once
#include <memory>

#include "chassis/service/service.hpp"
#include "services/orders/commands.hpp"

namespace waybill::orders {

/// The orders service around the host's database; open() it before use.
std::unique_ptr<service::Service> make_service(const service::Host& host, Patience patience = {});

}  // namespace waybill::orders
