#pragma once
#include <string>
#include <vector>

#include "services/gateway/route_rules.hpp"

namespace waybill::app {

/// Reads `[[routes]]` of a routes file, or `[[gateway.routes]]` of a configuration file; none when
/// there are none. Faults are sentences with file and line.
tl::expected<std::vector<gateway::RouteRule>, std::vector<std::string>> read_route_rules(
    const std::string& path);
/// The same from a text; `path` is for the faults.
tl::expected<std::vector<gateway::RouteRule>, std::vector<std::string>> parse_route_rules(
    const std::string& text, const std::string& path);

}  // namespace waybill::app
