#pragma once
#include "chassis/telemetry/telemetry.hpp"
#include "services/inventory/events.hpp"

namespace waybill::inventory {

/// What this service counts and logs about stock. Thread-safe.
class Probe {
 public:
    explicit Probe(telemetry::Telemetry& telemetry);
    /// At the start: how many products are short of their threshold.
    void opened(std::int64_t low_products) const { low_products_.add(low_products); }
    /// An event was committed.
    void committed(const Event& event, const TraceContext& trace) const;

 private:
    struct Told;
    telemetry::Telemetry& telemetry_;
    telemetry::Counter reserved_, insufficient_, released_, shipped_;
    telemetry::UpDownCounter low_products_;
};

}  // namespace waybill::inventory
