#include "chassis/service/service.hpp"

#include <fmt/format.h>

#include "chassis/base/check.hpp"

namespace waybill::service {
namespace {

TakingRules with_ladder(TakingRules rules, const Host& host) {
    rules.ladder = host.retry_ladder;
    return rules;
}

}  // namespace

Service::Service(const Host& host, std::string name, std::vector<sql::Migration> migrations,
                 TakingRules rules, DomainPort& domain)
    : host_(host),
      name_(std::move(name)),
      migrations_(std::move(migrations)),
      routes_(name_),
      watchers_(host.env, host.watches_max),
      stream_places_(host.streams_per_subject_max),
      readers_(host.reader_pool, host.database, host.telemetry),
      core_(host.env, host.database, domain, host.telemetry, with_ladder(rules, host), host.writer,
            {[this](const auto& entries) { committed(entries); },
             [this] {
                 if (clockwork_) clockwork_->wake();
             },
             host.fatal}),
      relay_(
          host.env, host.database, host.telemetry,
          [this](std::vector<std::int64_t> ids) { core_.remove_outbox_rows(std::move(ids)); },
          host.relay),
      dead_letters_(host.env, name_, core_, readers_, host.cursors),
      dead_blocks_(rules.dead_blocks) {
    dead_letters_.add_routes(routes_);
    core_.set_admission([this] { return admission(); });
}

Service::~Service() {
    for (const auto id : observers_) host_.telemetry.meter().forget(id);
}

Status Service::open() {
    {
        auto session = host_.database.open_writer();
        if (!session) return tl::unexpected(sql::to_error(session.error()));
        auto migrated = sql::migrate(**session, host_.env, migrations_);
        if (!migrated) return tl::unexpected(std::move(migrated.error()));
        if (auto looked = opened(**session); !looked)
            return tl::unexpected(sql::to_error(looked.error()));
    }
    auto last_id = core_.start();
    if (!last_id) return fail(Problem::unavailable, last_id.error().message);
    last_outbox_id_ = *last_id;
    relay_.prepare(last_outbox_id_);
    api_ =
        std::make_unique<Api>(host_.env, host_.telemetry, host_.authenticator, routes_, host_.api);
    clockwork_ = std::make_unique<Clockwork>(
        host_.env, host_.database, host_.telemetry,
        [this](const Uuid& id, auto done) { return pass_deadline(id, std::move(done)); },
        redelivery(), Clockwork::Options{.dead_blocks = dead_blocks_});
    observe();
    return {};
}

void Service::start() {
    relay_.start();
    clockwork_->start();
}

void Service::stop_intake() {
    if (clockwork_) clockwork_->stop();
    relay_.stop();
}

void Service::stop_writing() {
    core_.stop();
}

void Service::committed(const std::vector<messaging::OutboxEntry>& entries) {
    if (watchers_.size() != 0)
        for (const auto& entry : entries) {
            watchers_.notify(entry.message->meta.aggregate_id.raw());
            for (const auto& topic : topics_of(*entry.message)) watchers_.notify(topic);
        }
    relay_.committed(entries);
}

std::optional<Error> Service::admission() const {
    const bool old = relay_.oldest_age() > host_.outbox_age_max;
    if (!old && relay_.pending() < host_.outbox_rows_max) return std::nullopt;
    Error error(Problem::overloaded,
                "events wait too long to be delivered; new work is refused "
                "until they have caught up");
    error.retry_after = std::chrono::seconds(1);
    return error;
}

void Service::observe() {
    auto& meter = host_.telemetry.meter();
    observers_.push_back(meter.observe("waybill.outbox.pending", {},
                                       [this] { return static_cast<double>(relay_.pending()); }));
    observers_.push_back(meter.observe("waybill.outbox.oldest.age", {}, [this] {
        return std::chrono::duration<double>(relay_.oldest_age()).count();
    }));
}

}  // namespace waybill::service
