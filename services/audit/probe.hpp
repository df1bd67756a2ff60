#pragma once
#include <array>
#include <string_view>

#include "chassis/base/trace_context.hpp"
#include "chassis/telemetry/telemetry.hpp"
#include "services/audit/events.hpp"

namespace waybill::audit {

/// What this service counts. Thread-safe.
class Probe {
 public:
    explicit Probe(telemetry::Telemetry& telemetry);
    void committed(const Event& event, const TraceContext& trace) const;

 private:
    static constexpr std::array<std::string_view, 7> streams_{
        "order", "product", "stock", "reservation", "notification", "operator", "other"};
    std::array<telemetry::Counter, streams_.size()> appended_;
};

}  // namespace waybill::audit
