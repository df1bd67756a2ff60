#include "services/audit/probe.hpp"

#include <algorithm>

namespace waybill::audit {

Probe::Probe(telemetry::Telemetry& telemetry) {
    for (std::size_t i = 0; i < streams_.size(); ++i)
        appended_[i] = telemetry.meter().counter("waybill.audit.event.appended",
                                                 {{"waybill.stream.type", streams_[i]}});
}

void Probe::committed(const Event& event, const TraceContext& trace) const {
    const auto* appended = std::get_if<EventAppended>(&event);
    if (appended == nullptr) return;
    const auto known =
        std::find(streams_.begin(), streams_.end(), appended->row.event->meta.aggregate_type);
    const auto index = std::min<std::size_t>(static_cast<std::size_t>(known - streams_.begin()),
                                             streams_.size() - 1);
    appended_[index].add(1, trace);
}

}  // namespace waybill::audit
