#include "services/orders/service.hpp"

#include "chassis/service/service_of.hpp"
#include "services/orders/api.hpp"
#include "services/orders/consumers.hpp"
#include "services/orders/probe.hpp"

namespace waybill::orders {

std::unique_ptr<service::Service> make_service(const service::Host& host, Patience patience) {
    auto service = std::make_unique<service::ServiceOf<OrdersDomain>>(
        host,
        service::Definition<OrdersDomain>{
            .name = "orders",
            .migrations = migrations(),
            .consumes = consumed_events(),
            .command_of =
                [patience](const messaging::Message& message) {
                    return command_of(message, patience);
                },
            .deadline_passed = [](const Uuid& id) -> Command { return PassDeadline{OrderId{id}}; },
            .observer = [probe = Probe(host.telemetry)](
                            const Event& event, const Facts& facts,
                            const TraceContext& trace) { probe.committed(event, facts, trace); }});
    auto& api = service->keep(std::make_unique<OrdersApi>(
        Ports{host.env, service->writer(), service->readers(), host.cursors, service->watchers(),
              service->stream_places(), patience}));
    api.add_routes(service->routes());
    return service;
}

}  // namespace waybill::orders
