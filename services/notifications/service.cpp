#include "services/notifications/service.hpp"

#include "chassis/base/json.hpp"
#include "chassis/service/service_of.hpp"
#include "services/notifications/api.hpp"
#include "services/notifications/consumers.hpp"
#include "services/notifications/probe.hpp"
#include "services/notifications/shapes.hpp"
#include "services/notifications/stream.hpp"

namespace waybill::notifications {

namespace {
struct Handlers {
    explicit Handlers(Ports ports) : notifications(ports), templates(ports) {}
    NotificationsApi notifications;
    TemplatesApi templates;
};

/// Wakes the streams of the recipient.
std::vector<std::string> topics_of(const messaging::Message& message) {
    const auto data = json::parse(message.data);
    if (message.meta.aggregate_type != "notification" || !data) return {};
    return {topic_of(data->text_at("userId"))};
}
}  // namespace

std::unique_ptr<service::Service> make_service(const service::Host& host) {
    const auto steps = migrations();
    auto service = std::make_unique<service::ServiceOf<NotificationsDomain>>(
        host, service::Definition<NotificationsDomain>{
                  .name = "notifications",
                  .migrations = {steps.begin(), steps.end()},
                  .consumes = consumed_events(),
                  .command_of = command_of,
                  .observer = [probe = Probe(host.env, host.telemetry)](
                                  const Event& event, const Facts&,
                                  const TraceContext& trace) { probe.committed(event, trace); },
                  .topics = topics_of});
    auto& handlers = service->keep(std::make_unique<Handlers>(
        Ports{host.env, service->writer(), service->readers(), host.cursors, service->watchers(),
              service->stream_places(), TypeSet{}}));
    handlers.notifications.add_routes(service->routes());
    handlers.templates.add_routes(service->routes());
    return service;
}

}  // namespace waybill::notifications
