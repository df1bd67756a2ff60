#pragma once
#include "chassis/http/routes.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/service/cursor.hpp"
#include "chassis/service/writer.hpp"
#include "chassis/sql/readers.hpp"
#include "services/audit/frame_domain.hpp"
#include "services/audit/ports.hpp"

namespace waybill::audit {

/// What the handlers need of their service.
struct Ports {
    Env& env;
    service::Writer<AuditDomain>& writer;
    sql::Readers& readers;
    const service::Cursors& cursors;
    const Folds& folds;
    std::function<void()> wake_runner;
};

/// Events and their readable view.
class EventsApi {
 public:
    explicit EventsApi(Ports ports) : ports_(std::move(ports)) {}
    /// The table must not outlive this.
    void add_routes(http::Routes& routes);

 private:
    Task<http::Response> events(http::Call& call);
    Task<http::Response> documents(http::Call& call);
    Task<http::Response> export_documents(http::Call& call);
    Task<http::Response> list(http::Call& call, EventFilter filter,
                              std::string (*shown)(const StoredEvent&));

    Ports ports_;
};

/// Streams, what they fold to, and the journey of an order.
class StreamsApi {
 public:
    explicit StreamsApi(Ports ports) : ports_(std::move(ports)) {}
    /// The table must not outlive this.
    void add_routes(http::Routes& routes);

 private:
    Task<http::Response> stream(http::Call& call);
    Task<http::Response> state(http::Call& call);
    Task<http::Response> journey(http::Call& call);

    Ports ports_;
};

/// Giving events to a consumer again.
class ReplayApi {
 public:
    explicit ReplayApi(Ports ports) : ports_(std::move(ports)) {}
    /// The table must not outlive this.
    void add_routes(http::Routes& routes);

 private:
    Task<http::Response> start(http::Call& call);
    Task<http::Response> get(http::Call& call);
    Task<http::Response> show(http::Call& call, ReplayId id, std::uint16_t status);

    Ports ports_;
};

}  // namespace waybill::audit
