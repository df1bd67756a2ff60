#include "app/fleet.hpp"
#include "app/unopened_database.hpp"
#include "services/audit/service.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/http_upstream.hpp"
#include "services/inventory/service.hpp"
#include "services/notifications/service.hpp"
#include "services/orders/service.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/verifier.hpp"

namespace waybill::simulation {
namespace {

/// The gateway in a process of its own: the real pipeline and upstreams, whose transport is the
/// simulated network.
class GatewayProcess final : public Process {
 public:
    GatewayProcess(Site site, Upstreams upstreams)
        : site_(std::move(site)), nodes_(std::move(upstreams)), verifier_(site_) {}

    Status open() override;
    http::Handler* door() override { return gateway_.get(); }
    void close() override { verifier_.stop(site_.env); }

 private:
    /// A service that is never opened, for its route table alone.
    const http::Routes& table_of(const std::string& name);

    Site site_;
    Upstreams nodes_;
    Verifier verifier_;
    app::UnopenedDatabase nowhere_;
    service::Cursors cursors_{std::string(32, 'c')};
    sql::ReaderPool readers_{site_.env, 1};
    std::vector<std::unique_ptr<service::Service>> tables_;
    std::unique_ptr<audit::Audit> audit_table_;
    std::vector<std::unique_ptr<Wire>> wires_;
    std::vector<std::unique_ptr<gateway::HttpUpstream>> upstreams_;
    std::unique_ptr<gateway::Gateway> gateway_;
};

const http::Routes& GatewayProcess::table_of(const std::string& name) {
    const service::Host host{site_.env,
                             nowhere_,
                             readers_,
                             telemetry::nowhere(),
                             verifier_.authenticator(),
                             cursors_,
                             [](const sql::Failure&) {}};
    if (name == "audit") {
        audit_table_ = std::make_unique<audit::Audit>(host, audit::Folds());
        return audit_table_->service().routes();
    }
    auto service = name == "orders"      ? orders::make_service(host)
                   : name == "inventory" ? inventory::make_service(host)
                                         : notifications::make_service(host);
    return tables_.emplace_back(std::move(service))->routes();
}

Status GatewayProcess::open() {
    gateway::Gateway::Upstreams upstreams;
    std::vector<gateway::GatewayRoute> routes;
    for (const auto& [name, node] : nodes_) {
        auto defaults = gateway::routes_of(table_of(name), name);
        std::move(defaults.begin(), defaults.end(), std::back_inserter(routes));
        wires_.push_back(std::make_unique<Wire>(site_.network, site_.env, *node));
        gateway::HttpUpstream::Options options;
        options.host = name;
        options.port = 8080;
        options.breaker.open = circuit_open;
        upstreams_.push_back(std::make_unique<gateway::HttpUpstream>(
            std::move(options), site_.env, telemetry::nowhere(), *wires_.back()));
        upstreams.emplace(name, upstreams_.back().get());
    }
    gateway::Options options;
    options.hosts = {std::string(host_and_port)};
    options.access_log = false;
    gateway_ =
        std::make_unique<gateway::Gateway>(std::move(options), site_.env, telemetry::nowhere(),
                                           verifier_.authenticator(), std::move(routes), upstreams);
    verifier_.start();
    return {};
}

}  // namespace

std::unique_ptr<Process> make_gateway_process(Site site, Upstreams upstreams) {
    return std::make_unique<GatewayProcess>(std::move(site), std::move(upstreams));
}

}  // namespace waybill::simulation
