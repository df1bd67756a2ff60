#pragma once
#include "chassis/http/routes.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/service/cursor.hpp"
#include "chassis/service/stream_places.hpp"
#include "chassis/service/watchers.hpp"
#include "chassis/service/writer.hpp"
#include "chassis/sql/readers.hpp"
#include "services/notifications/frame_domain.hpp"

namespace waybill::notifications {

/// What the handlers need of their service.
struct Ports {
    Env& env;
    service::Writer<NotificationsDomain>& writer;
    sql::Readers& readers;
    const service::Cursors& cursors;
    service::Watchers& watchers;
    service::StreamPlaces& stream_places;
    TypeSet external;  ///< types with a channel outside this process
};

/// Notifications and preferences of the caller; what operators write to others.
class NotificationsApi {
 public:
    explicit NotificationsApi(Ports ports) : ports_(ports) {}
    /// The table must not outlive this.
    void add_routes(http::Routes& routes);

 private:
    void add_one_routes(http::Routes& routes);
    void add_preferences_routes(http::Routes& routes);
    Task<http::Response> post(http::Call& call);
    Task<http::Response> list(http::Call& call);
    Task<http::Response> get(http::Call& call);
    Task<http::Response> read(http::Call& call);
    Task<http::Response> retry(http::Call& call);
    Task<http::Response> count(http::Call& call);
    Task<http::Response> stream(http::Call& call);
    Task<http::Response> get_preferences(http::Call& call);
    Task<http::Response> put_preferences(http::Call& call);
    /// The notification as it is now: for keys that had their effect before.
    Task<http::Response> show(http::Call& call, NotificationId id, std::uint16_t status);
    Task<http::Response> answer(http::Call& call,
                                Result<service::Answer<NotificationsDomain>> answered,
                                std::uint16_t status);

    Ports ports_;
};

/// Templates: for operators.
class TemplatesApi {
 public:
    explicit TemplatesApi(Ports ports) : ports_(ports) {}
    /// The table must not outlive this.
    void add_routes(http::Routes& routes);

 private:
    void add_change_routes(http::Routes& routes);
    Task<http::Response> list(http::Call& call);
    Task<http::Response> get(http::Call& call);
    Task<http::Response> create(http::Call& call);
    Task<http::Response> update(http::Call& call);
    Task<http::Response> remove(http::Call& call);
    Task<http::Response> preview(http::Call& call);
    /// Finds the template of the path.
    Task<Result<Template>> find(http::Call& call);

    Ports ports_;
};

}  // namespace waybill::notifications
