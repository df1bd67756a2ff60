#pragma once
#include <string>
#include <string_view>

#include "chassis/telemetry/contract.hpp"
#include "chassis/telemetry/registry.hpp"
#include "chassis/telemetry/resources.hpp"

namespace waybill::telemetry {

enum class Exposition : std::uint8_t { open_metrics, prometheus };

/// OpenMetrics unless `accept` names text/plain and not application/openmetrics-text.
Exposition exposition_for(std::string_view accept);
std::string_view content_type(Exposition format);

/// The metric family's name: dots become underscores, the unit's word follows, counters of the
/// Prometheus text end in `_total`.
std::string family_name(const Instrument& instrument, Exposition format);

/// All series: OpenMetrics 1.0 with exemplars, or Prometheus text 0.0.4 without. Each series has
/// the labels service_name, job (`namespace/name`) and instance; `target_info` has the rest of the
/// resource.
std::string metrics_text(Registry& registry, const Resources& resources, Exposition format);

}  // namespace waybill::telemetry
