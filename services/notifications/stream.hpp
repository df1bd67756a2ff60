#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "chassis/http/body.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/service/watchers.hpp"
#include "chassis/sql/readers.hpp"
#include "services/notifications/notification.hpp"

namespace waybill::notifications {

/// The topic that a commit for this recipient wakes.
std::string topic_of(std::string_view user_id);

/// The body of `GET /v1/notifications/stream`: an endless list of server-sent events, one for each
/// new notification of the viewer, its id the notification's. Pulled by the connection, so a slow
/// reader slows its own stream alone. A comment after a silence of 15 s.
class NotificationFeed final : public http::BodySource {
 public:
    struct Ports {
        Env& env;
        sql::Readers& readers;
        service::Watchers& watchers;
    };
    /// Nothing when too many wait already. `after`: the last one that the client has seen;
    /// nothing: those that come from `now` on.
    static std::unique_ptr<NotificationFeed> open(Ports ports, Viewer viewer,
                                                  std::optional<NotificationId> after);

    Task<Result<std::string_view>> next(Deadline deadline) override;
    void cancel() override;

 private:
    NotificationFeed(Ports ports, Viewer viewer, std::string own_topic,
                     std::unique_ptr<service::Watch> watch, NotificationId after);
    /// New notifications as text; empty when there are none.
    Task<Result<std::string>> look(Deadline deadline);
    void tell(const Notification& notification);

    Ports ports_;
    Viewer viewer_;
    std::string own_topic_;  ///< wakes this feed alone
    std::unique_ptr<service::Watch> watch_;
    /// Ids say when a thing happened, not when it was committed: what is a little older than the
    /// newest may still come. Between the two, `told_` knows which were.
    NotificationId newest_;
    std::set<NotificationId> told_;
    std::string text_;
    bool started_ = false;
    bool cancelled_ = false;
};

}  // namespace waybill::notifications
