#pragma once
#include <memory>

#include "chassis/service/service.hpp"

namespace waybill::inventory {

/// The inventory service around the host's database; open() it before use.
std::unique_ptr<service::Service> make_service(const service::Host& host);

}  // namespace waybill::inventory
