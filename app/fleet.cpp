#include "app/fleet.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "app/folds.hpp"
#include "app/replay_target.hpp"
#include "chassis/base/check.hpp"
#include "services/audit/consumers.hpp"
#include "services/inventory/consumers.hpp"
#include "services/inventory/service.hpp"
#include "services/notifications/consumers.hpp"
#include "services/notifications/service.hpp"
#include "services/orders/consumers.hpp"
#include "services/orders/service.hpp"

namespace waybill::app {

const std::vector<std::string>& all_services() {
    static const std::vector<std::string> names{"gateway", "identity",      "inventory",
                                                "orders",  "notifications", "audit"};
    return names;
}

const std::map<std::string, std::vector<std::string>>& subscriptions() {
    static const std::map<std::string, std::vector<std::string>> table{
        {"orders", orders::consumed_events()},
        {"inventory", inventory::consumed_events()},
        {"notifications", notifications::consumed_events()},
        {"audit", audit::consumed_events()}};
    return table;
}

Fleet::Fleet(const Config& config, RealEnv& env, telemetry::Pipeline& pipeline)
    : config_(config), env_(env), pipeline_(pipeline) {
    auto asked = config.list("services");
    const bool all = asked.empty() || asked.front() == "all";
    for (const auto& name : all_services())
        if (all || std::find(asked.begin(), asked.end(), name) != asked.end())
            names_.push_back(name);
}

bool Fleet::runs(std::string_view service) const {
    return std::find(names_.begin(), names_.end(), service) != names_.end();
}

Result<std::unique_ptr<Fleet>> Fleet::start(const Config& config, RealEnv& env,
                                            telemetry::Pipeline& pipeline) {
    std::unique_ptr<Fleet> fleet(new Fleet(config, env, pipeline));
    if (auto known = fleet->check_names(); !known) return tl::unexpected(std::move(known.error()));
    for (auto step : {&Fleet::open_listener, &Fleet::open_identity, &Fleet::open_keys,
                      &Fleet::open_services, &Fleet::open_door})
        if (auto opened = (fleet.get()->*step)(); !opened)
            return tl::unexpected(std::move(opened.error()));
    return fleet;
}

Status Fleet::check_names() const {
    for (const auto& name : config_.list("services")) {
        const auto& all = all_services();
        if (name != "all" && std::find(all.begin(), all.end(), name) == all.end())
            return fail(Problem::validation_failed,
                        fmt::format("services: there is no service {}; there are {}", name,
                                    fmt::join(all, ", ")));
    }
    auto roles = config_.list("roles");
    std::sort(roles.begin(), roles.end());
    if (roles != std::vector<std::string>{"api", "worker"})
        return fail(Problem::validation_failed,
                    "roles: an embedded database has one owner, which serves and works: "
                    "api,worker");
    return {};
}

Fleet::~Fleet() {
    drain();
}

std::string Fleet::url() const {
    const auto address = config_.address("listen");
    const bool v6 = address.host.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}", v6 ? "[" : "", address.host, v6 ? "]" : "",
                       server_->port());
}

std::string Fleet::issuer() const {
    const std::string given = config_.text("auth.issuer");
    return given.empty() ? identity::issuer_of(url().substr(7)) : given;
}

Status Fleet::open_services() {
    reader_pool_ = std::make_unique<sql::ReaderPool>(
        env_, static_cast<std::size_t>(config_.integer("data.readers")));
    for (const auto& name : names_)
        if (subscriptions().contains(name))
            if (auto opened = open_service(name); !opened) return opened;
    wire_relays();
    if (audit_) audit_->start(replay_targets());
    return {};
}

Result<sql::SqliteDatabase*> Fleet::open_database(const std::string& name) {
    const std::string file = folder_->file(name + ".db");
    sql::SqliteOptions options;
    options.path = file;
    auto opened = sql::SqliteDatabase::open(env_, std::move(options));
    if (!opened) return fail(Problem::unavailable, opened.error().message);
    return (databases_[name] = std::move(*opened)).get();
}

Status Fleet::open_service(const std::string& name) {
    auto database = open_database(name);
    if (!database) return tl::unexpected(std::move(database.error()));
    const service::Host host = host_of(name, **database);
    if (name == "orders") {
        services_[name] =
            orders::make_service(host, {config_.duration("orders.reservation_deadline"),
                                        config_.duration("orders.confirmation_deadline")});
    } else if (name == "inventory") {
        services_[name] = inventory::make_service(host);
    } else if (name == "notifications") {
        services_[name] = notifications::make_service(host);
    } else {
        audit_ = std::make_unique<audit::Audit>(host, make_folds());
    }
    return service_of(name).open();
}

service::Service& Fleet::service_of(const std::string& name) {
    return name == "audit" ? audit_->service() : *services_.at(name);
}

std::vector<service::Service*> Fleet::running() {
    std::vector<service::Service*> out;
    for (const auto& name : names_)
        if ((name == "audit" && audit_) || services_.contains(name))
            out.push_back(&service_of(name));
    return out;
}

service::Host Fleet::host_of(const std::string& name, sql::Database& database) {
    service::Host host{env_,
                       database,
                       *reader_pool_,
                       pipeline_.service(name),
                       *authenticator_,
                       *cursors_,
                       [this, name](const sql::Failure& failure) { end_by(name, failure); }};
    host.writer.batch_submissions_max =
        static_cast<std::size_t>(config_.integer("writer.batch_max"));
    const auto queue = static_cast<std::size_t>(config_.integer("writer.queue_max"));
    host.writer.queue_max = {65'536, queue, queue};
    host.outbox_age_max = config_.duration("messaging.outbox_age_max");
    host.api.deadline = config_.duration("gateway.timeout");
    host.streams_per_subject_max =
        static_cast<std::size_t>(config_.integer("streams.per_subject_max"));
    host.retry_ladder.clear();
    for (const auto& wait : config_.list("messaging.retry"))
        host.retry_ladder.push_back(parse_duration(wait).value_or(std::chrono::seconds(5)));
    return host;
}

void Fleet::wire_relays() {
    for (auto* producer : running()) {
        for (const auto& [consumer, types] : subscriptions()) {
            if (runs(consumer))
                producer->relay().add(service_of(consumer).consumer());
            else
                producer->relay().add_absent(consumer, types);
        }
    }
    for (auto* service : running()) service->start();
}

audit::ReplayTargets Fleet::replay_targets() {
    audit::ReplayTargets targets;
    for (const auto target :
         {audit::Target::orders, audit::Target::inventory, audit::Target::notifications})
        if (const std::string name(word_of(target)); services_.contains(name))
            targets.emplace(target, make_replay_target(*services_.at(name)));
    return targets;
}

bool Fleet::settled() const {
    return std::all_of(services_.begin(), services_.end(),
                       [](const auto& entry) { return entry.second->relay().idle(); });
}

std::vector<std::string> Fleet::absent_consumers() const {
    std::vector<std::string> absent;
    if (services_.empty() && !audit_) return absent;
    for (const auto& [consumer, types] : subscriptions())
        if (!runs(consumer)) absent.push_back(consumer);
    return absent;
}

void Fleet::end_by(const std::string& service, const sql::Failure& failure) {
    // Nothing may be answered any more: what is on the disk decides at the next start.
    std::fprintf(stderr,
                 "waybill: the database of %s cannot be used: %s\n"
                 "The process ends so that nothing wrong is answered; start it again once the disk "
                 "is in order.\n",
                 service.c_str(), failure.message.c_str());
    std::fflush(stderr);
    _exit(1);
}

}  // namespace waybill::app
