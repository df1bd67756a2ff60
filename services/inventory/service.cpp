#include "services/inventory/service.hpp"

#include "chassis/service/service_of.hpp"
#include "services/inventory/api.hpp"
#include "services/inventory/consumers.hpp"
#include "services/inventory/probe.hpp"

namespace waybill::inventory {
namespace {

struct Handlers {
    explicit Handlers(Ports ports) : products(ports), batch(ports), stock(ports) {}
    ProductsApi products;
    BatchApi batch;
    StockApi stock;
};

}  // namespace

std::unique_ptr<service::Service> make_service(const service::Host& host) {
    const Probe probe(host.telemetry);
    auto service = std::make_unique<service::ServiceOf<InventoryDomain>>(
        host, service::Definition<InventoryDomain>{
                  .name = "inventory",
                  .migrations = migrations(),
                  .consumes = consumed_events(),
                  .command_of = command_of,
                  .observer = [probe](const Event& event, const Facts&,
                                      const TraceContext& trace) { probe.committed(event, trace); },
                  .opened = [probe](sql::Session& session) -> sql::Status {
                      const auto low = count_low_products(session);
                      if (!low) return tl::unexpected(low.error());
                      probe.opened(*low);
                      return {};
                  }});
    auto& api = service->keep(std::make_unique<Handlers>(
        Ports{host.env, service->writer(), service->readers(), host.cursors}));
    api.products.add_routes(service->routes());
    api.batch.add_routes(service->routes());
    api.stock.add_routes(service->routes());
    return service;
}

}  // namespace waybill::inventory
