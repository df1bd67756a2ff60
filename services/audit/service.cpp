#include "services/audit/service.hpp"

#include "chassis/service/service_of.hpp"
#include "chassis/sql/traced.hpp"
#include "services/audit/api.hpp"
#include "services/audit/consumers.hpp"
#include "services/audit/gap_watch.hpp"
#include "services/audit/probe.hpp"
#include "services/audit/replay_runner.hpp"
#include "services/audit/shapes.hpp"

namespace waybill::audit {

namespace {
struct Handlers {
    explicit Handlers(const Ports& ports) : events(ports), streams(ports), replay(ports) {}
    EventsApi events;
    StreamsApi streams;
    ReplayApi replay;
};

service::Definition<AuditDomain> definition(const service::Host& host) {
    const auto steps = migrations();
    return {.name = "audit",
            .migrations = {steps.begin(), steps.end()},
            .consumes = consumed_events(),
            .command_of = command_of,
            .observer = [probe = Probe(host.telemetry)](
                            const Event& event, const Facts&,
                            const TraceContext& trace) { probe.committed(event, trace); },
            // The event store itself is the inbox, for ever.
            .keeps_inbox = false,
            .dead_blocks = true};
}
}  // namespace

struct Audit::Parts {
    Parts(const service::Host& lent, Folds given)
        : host(lent),
          folds(std::move(given)),
          service(host, definition(host)),
          gaps(host.env, host.telemetry) {
        auto& handlers = service.keep(
            std::make_unique<Handlers>(Ports{host.env, service.writer(), service.readers(),
                                             host.cursors, folds, [this] { wake(); }}));
        handlers.events.add_routes(service.routes());
        handlers.streams.add_routes(service.routes());
        handlers.replay.add_routes(service.routes());
    }

    void wake() {
        if (worker) worker->wake();
    }

    void step() {
        if (!session) {
            auto opened = host.database.open_reader();
            if (!opened) return worker->wake_at(host.env.monotonic() + std::chrono::seconds(1));
            session = sql::TracedSession::wrap(std::move(*opened), host.env, host.telemetry,
                                               host.database.traits().system);
        }
        worker->wake_at(gaps.step(*session));
        if (const auto next = runner->step(*session)) worker->wake_at(*next);
        if (session->lost()) session.reset();
    }

    service::Host host;
    Folds folds;
    service::ServiceOf<AuditDomain> service;
    GapWatch gaps;
    std::unique_ptr<ReplayRunner> runner;
    std::unique_ptr<sql::TracedSession> session;
    std::unique_ptr<Worker> worker;
};

Audit::Audit(const service::Host& host, Folds folds)
    : parts_(std::make_unique<Parts>(host, std::move(folds))) {}

Audit::~Audit() {
    stop();
}

service::Service& Audit::service() {
    return parts_->service;
}

void Audit::start(ReplayTargets targets) {
    Parts& parts = *parts_;
    parts.runner =
        std::make_unique<ReplayRunner>(parts.host.env, parts.service.writer(), parts.host.telemetry,
                                       std::move(targets), [&parts] { parts.wake(); });
    parts.worker = parts.host.env.start_worker("audit-work", [&parts] { parts.step(); });
    parts.worker->wake();
}

void Audit::stop() {
    if (!parts_->worker) return;
    parts_->worker->stop();
    parts_->session.reset();
}

}  // namespace waybill::audit
