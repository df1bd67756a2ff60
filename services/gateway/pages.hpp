#pragma once
#include <string>
#include <vector>

#include "chassis/http/routes.hpp"

namespace waybill::gateway {

/// Adds what the gateway's process says of itself to `routes`, all public: `GET /openapi.json`
/// (the tables in `services` and `routes` as they are now, merged and made once here),
/// `GET /version`, `GET /problems/{slug}`. `services` need not outlive the call.
void add_pages(http::Routes& routes, const std::vector<const http::Routes*>& services,
               const std::string& version);

}  // namespace waybill::gateway
