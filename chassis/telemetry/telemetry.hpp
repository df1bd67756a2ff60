#pragma once
#include <string_view>

#include "chassis/telemetry/log.hpp"
#include "chassis/telemetry/metrics.hpp"
#include "chassis/telemetry/names.hpp"
#include "chassis/telemetry/span.hpp"

namespace waybill::telemetry {

/// What one logical service reports through: its spans, metrics and logs carry its resource
/// (`service.name`). Cheap to call from any thread; outlives every component that holds it.
class Telemetry {
 public:
    virtual ~Telemetry() = default;
    virtual Tracer& tracer() = 0;
    virtual Meter& meter() = 0;
    virtual Logger& log() = 0;
    virtual std::string_view service_name() const = 0;
};

/// A Telemetry that keeps nothing: for tests of other things. Its meter still refuses names that
/// the contract does not know.
Telemetry& nowhere();

}  // namespace waybill::telemetry
