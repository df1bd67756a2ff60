#pragma once
#include <string>
#include <string_view>

#include "chassis/messaging/deliveries.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/service/submission.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::service {

/// What a consumer counts; see `docs/reference/telemetry.md`.
class ConsumerProbe {
 public:
    ConsumerProbe(Env& env, telemetry::Telemetry& telemetry, std::string consumer);
    /// The span's context that the work of this message belongs to.
    TraceContext arrived(const messaging::Message& message);
    void ended(const messaging::Message& message, const TraceContext& process, Timestamp arrived_at,
               const Completion& completion);

 private:
    Env& env_;
    telemetry::Telemetry& telemetry_;
    std::string consumer_;
    telemetry::Histogram process_duration_;
    telemetry::Histogram event_age_;
    telemetry::Counter consumed_;
    telemetry::Counter duplicate_;
    telemetry::Counter dead_;
};

/// Who a consumed message makes the actor, and what it is caused by.
Cause cause_of(const messaging::Message& message, std::string_view service,
               const TraceContext& process);

/// What a retry of a `deliveries` row needs, whatever the service's command is.
class Redelivery {
 public:
    virtual ~Redelivery() = default;
    /// Puts a waiting row to the writer again; `done` runs on the writer's thread, however that
    /// ends. False when it cannot be queued now; `done` is not called then.
    virtual bool redeliver(const messaging::DeliveryRow& row, std::function<void()> done) = 0;
};

/// The message that a row holds, or what is wrong with its body.
Result<messaging::MessagePtr> message_of(const messaging::DeliveryRow& row);

}  // namespace waybill::service
