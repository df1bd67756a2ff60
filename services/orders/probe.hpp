#pragma once
#include <array>

#include "chassis/base/facts.hpp"
#include "chassis/telemetry/telemetry.hpp"
#include "services/orders/events.hpp"

namespace waybill::orders {

/// What this service counts and logs about orders. Thread-safe.
class Probe {
 public:
    explicit Probe(telemetry::Telemetry& telemetry);
    /// An event was committed.
    void committed(const Event& event, const Facts& facts, const TraceContext& trace) const;

 private:
    void created(const OrderCreated& event, const TraceContext& trace) const;
    void confirmed(const OrderConfirmed& event, const Facts& facts,
                   const TraceContext& trace) const;
    void cancelled(const OrderCancelled& event, const Facts& facts,
                   const TraceContext& trace) const;
    void log(std::string_view name, std::string_view text, OrderId id, const std::string& number,
             const TraceContext& trace) const;

    telemetry::Telemetry& telemetry_;
    telemetry::Counter pending_, reserved_, confirmed_, shipped_;
    std::array<telemetry::Counter, names(Type<CancelReason>{}).size()> cancelled_;
    telemetry::Histogram settled_confirmed_, settled_cancelled_;
};

}  // namespace waybill::orders
