#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "chassis/base/time.hpp"

namespace waybill::telemetry {

/// What all services of a process say of themselves.
struct Identity {
    std::string service_namespace = "waybill";
    std::string version;
    std::string instance_id;  ///< a UUID
    std::string environment = "development";
    /// Further resource attributes (`OTEL_RESOURCE_ATTRIBUTES`); they do not replace the above.
    std::vector<std::pair<std::string, std::string>> further = {};
};

/// The OpenTelemetry resource of one logical service.
struct Resource {
    using Value = std::variant<std::string, std::int64_t>;
    std::string service_name;
    std::vector<std::pair<std::string, Value>> attributes;
};

/// With the facts of the machine and the process; `started` is the process's creation time.
Resource make_resource(const Identity& identity, std::string_view service_name, Timestamp started);

/// Reads `key=value,key=value` with percent-encoded values, as `OTEL_RESOURCE_ATTRIBUTES` has it.
/// Members without a key are left out.
std::vector<std::pair<std::string, std::string>> parse_resource_attributes(std::string_view text);

}  // namespace waybill::telemetry
