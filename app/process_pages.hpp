#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "chassis/http/routes.hpp"
#include "chassis/telemetry/pipeline.hpp"

namespace waybill::app {

/// One part of the process's health.
struct HealthPart {
    std::string name;
    bool ready = false;
    std::string detail;  ///< what is missing, for people; empty: nothing
};

/// What the pages of a process ask of it.
struct ProcessView {
    std::function<std::vector<HealthPart>()> health;
    /// Blocking: collects all metrics.
    std::function<telemetry::MetricsPage(std::string_view accept)> metrics;
    const telemetry::TraceStore* traces = nullptr;
    std::string version;
    std::vector<std::string> services;
};

/// Adds `/`, `/health/live`, `/health/ready`, `/metrics`, `/asyncapi.json` (all public) and
/// `/api/telemetry/traces[/{id}]` to a process's own routes. `view` outlives them.
void add_process_pages(http::Routes& routes, const ProcessView& view);

}  // namespace waybill::app
