#include "services/notifications/probe.hpp"

namespace waybill::notifications {

namespace {
std::string_view metric_word(NotificationType type) {
    switch (type) {
        case NotificationType::in_app:
            return "inapp";
        case NotificationType::email:
            return "email";
        case NotificationType::sms:
            return "sms";
        case NotificationType::push:
            return "push";
    }
    return {};
}
}  // namespace

Probe::Probe(Env& env, telemetry::Telemetry& telemetry) : env_(env), telemetry_(telemetry) {
    auto& meter = telemetry.meter();
    for (const auto type : all_types) {
        const auto word = metric_word(type);
        const auto counter = [&](std::string_view outcome) {
            return meter.counter(
                "waybill.notification.delivery",
                {{"waybill.notification.type", word}, {"waybill.outcome", outcome}});
        };
        cells_[static_cast<std::size_t>(type)] = {
            counter("sent"), counter("failed"), counter("skipped"),
            meter.histogram("waybill.notification.latency", {{"waybill.notification.type", word}})};
    }
}

void Probe::sent(const NotificationSent& event, const TraceContext& trace) const {
    const NotificationFacts& told = event.notification;
    const NotificationType type = told.content.type;
    cells(type).sent.add(1, trace);
    // The id holds the time of the event that caused it.
    const Duration since = env_.now() - told.notification_id.value.time();
    cells(type).latency.record(std::chrono::duration<double>(since).count(), trace);
    telemetry_.log().event("waybill.notification.sent", "Notification sent",
                           {{"waybill.notification.id", told.notification_id.to_string()},
                            {"waybill.notification.type", metric_word(type)}},
                           trace);
}

void Probe::committed(const Event& event, const TraceContext& trace) const {
    if (const auto* e = std::get_if<NotificationSent>(&event)) {
        sent(*e, trace);
    } else if (const auto* f = std::get_if<NotificationFailed>(&event)) {
        const auto& told = f->notification;
        cells(told.content.type).failed.add(1, trace);
        telemetry_.log().event("waybill.notification.failed", "Notification not delivered",
                               {{"waybill.notification.id", told.notification_id.to_string()},
                                {"waybill.notification.type", metric_word(told.content.type)}},
                               trace);
    } else if (const auto* s = std::get_if<NotificationSkipped>(&event)) {
        cells(s->notification.content.type).skipped.add(1, trace);
    }
}

}  // namespace waybill::notifications
