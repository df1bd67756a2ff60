#include <fmt/format.h>

#include "app/fleet.hpp"
#include "app/routes_file.hpp"
#include "app/unopened_database.hpp"
#include "app/version.hpp"
#include "services/gateway/pages.hpp"
#include "services/gateway/route_rules.hpp"
#include "services/inventory/service.hpp"
#include "services/notifications/service.hpp"
#include "services/orders/service.hpp"

namespace waybill::app {
namespace {

Error of_faults(const std::vector<std::string>& faults) {
    std::string text;
    for (const auto& fault : faults) text += (text.empty() ? "" : "\n") + fault;
    return Error(Problem::validation_failed, text);
}

gateway::Options gateway_options(const Config& config, const http::Server& server,
                                 const std::string& url) {
    gateway::Options options;
    options.hosts = config.list("gateway.hosts");
    if (options.hosts.empty()) {
        options.hosts = gateway::loopback_hosts(server.port());
        const std::string authority = url.substr(std::string_view("http://").size());
        options.hosts.push_back(authority);
    }
    options.trusted_proxies = config.list("gateway.trusted_proxies");
    options.console_origins = config.list("gateway.console_origins");
    if (options.console_origins.empty()) options.console_origins = {url};
    const Rate rate = config.rate("gateway.rate_limit");
    options.rate = {rate.count, rate.period, config.integer("gateway.rate_limit_burst")};
    options.timeout = config.duration("gateway.timeout");
    options.access_log = config.boolean("log.access");
    return options;
}

}  // namespace

service::Service& Fleet::table_of(const std::string& name) {
    if (runs(name)) return service_of(name);
    static UnopenedDatabase nowhere;
    const service::Host host = host_of(name, nowhere);
    if (name == "audit") {
        foreign_audit_ = std::make_unique<audit::Audit>(host, audit::Folds());
        return foreign_audit_->service();
    }
    auto service = name == "orders"      ? orders::make_service(host)
                   : name == "inventory" ? inventory::make_service(host)
                                         : notifications::make_service(host);
    return *foreign_.emplace_back(std::move(service));
}

Result<http::Handler*> Fleet::remote_upstream(const std::string& url) {
    auto address = parse_address(url.substr(std::string_view("http://").size()));
    if (!url.starts_with("http://") || !address)
        return fail(Problem::validation_failed, fmt::format("{} must be http://host:port", url));
    clients_.push_back(std::make_unique<http::Client>(
        env_, http::Client::Options{.host = address->host,
                                    .port = address->port,
                                    .limits = {},
                                    .meter = &pipeline_.service("gateway").meter()}));
    gateway::HttpUpstream::Options options;
    options.host = address->host;
    options.port = address->port;
    remote_upstreams_.push_back(std::make_unique<gateway::HttpUpstream>(
        std::move(options), env_, pipeline_.service("gateway"), *clients_.back()));
    return remote_upstreams_.back().get();
}

Status Fleet::open_gateway() {
    gateway::Gateway::Upstreams upstreams;
    std::vector<gateway::GatewayRoute> routes;
    std::vector<const http::Routes*> tables;
    const auto add = [&](const http::Routes& table, const std::string& name,
                         http::Handler& handler) {
        auto defaults = gateway::routes_of(table, name);
        std::move(defaults.begin(), defaults.end(), std::back_inserter(routes));
        upstreams.emplace(name, &handler);
    };
    std::map<std::string, http::Handler*> by_url;
    for (const auto& [name, types] : subscriptions()) {
        const std::string url = config_.text("gateway.upstreams." + name);
        if (!runs(name) && url.empty()) continue;
        auto& service = table_of(name);
        tables.push_back(&service.routes());
        if (url.empty()) {
            add(service.routes(), name, service.api());
            continue;
        }
        auto& known = by_url[url];
        if (known == nullptr) {
            auto remote = remote_upstream(url);
            if (!remote) return tl::unexpected(std::move(remote.error()));
            known = *remote;
        }
        add(service.routes(), name, *known);
    }
    if (identity_) add(identity_routes_, "identity", *identity_api_);
    gateway::add_pages(process_routes_, tables, version);
    process_api_ =
        std::make_unique<service::Api>(env_, pipeline_.service("gateway"), *authenticator_,
                                       process_routes_, service::Api::Options());
    add(process_routes_, "process", *process_api_);
    auto tightened = tighten(std::move(routes));
    if (!tightened) return tl::unexpected(std::move(tightened.error()));
    auto options = gateway_options(config_, *server_, url());
    if (auto faults = gateway::faults_of(options); !faults.empty()) return fail(of_faults(faults));
    gateway_ =
        std::make_unique<gateway::Gateway>(std::move(options), env_, pipeline_.service("gateway"),
                                           *authenticator_, std::move(*tightened), upstreams);
    front_.open(*gateway_);
    return {};
}

Result<std::vector<gateway::GatewayRoute>> Fleet::tighten(
    std::vector<gateway::GatewayRoute> routes) {
    std::vector<gateway::RouteRule> rules;
    for (const auto& path : {config_.file(), config_.text("gateway.routes_file")}) {
        if (path.empty()) continue;
        auto read = read_route_rules(path);
        if (!read) return fail(of_faults(read.error()));
        std::move(read->begin(), read->end(), std::back_inserter(rules));
    }
    const Rate rate = config_.rate("gateway.rate_limit");
    auto applied =
        gateway::apply_rules(std::move(routes), rules,
                             {rate.count, rate.period, config_.integer("gateway.rate_limit_burst")},
                             config_.duration("gateway.timeout"));
    if (!applied) return fail(of_faults(applied.error()));
    return std::move(*applied);
}

}  // namespace waybill::app
