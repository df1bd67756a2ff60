#pragma once
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/telemetry.hpp"
#include "services/notifications/events.hpp"

namespace waybill::notifications {

/// What this service counts and logs about notifications. Thread-safe.
class Probe {
 public:
    Probe(Env& env, telemetry::Telemetry& telemetry);
    /// An event was committed. An external type without a channel of its own goes to the log.
    void committed(const Event& event, const TraceContext& trace) const;

 private:
    struct Cells {
        telemetry::Counter sent, failed, skipped;
        telemetry::Histogram latency;
    };
    const Cells& cells(NotificationType type) const {
        return cells_[static_cast<std::size_t>(type)];
    }
    void sent(const NotificationSent& event, const TraceContext& trace) const;

    Env& env_;
    telemetry::Telemetry& telemetry_;
    Cells cells_[std::size(all_types)];
};

}  // namespace waybill::notifications
