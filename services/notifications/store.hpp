#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chassis/base/keys.hpp"
#include "chassis/sql/session.hpp"
#include "services/notifications/domain.hpp"

namespace waybill::notifications {

/// Loads the rows that `keys` name; what is looked up and not there is known to be absent.
sql::Status load(sql::Session& session, const Keys& keys, State& state);
/// Writes every row that changed.
sql::Status save(sql::Session& session, const State& state);

sql::Result<std::optional<Notification>> find_notification(sql::Session& session,
                                                           const NotificationId& id);
/// The user's preferences, or the defaults.
sql::Result<Preferences> find_preferences(sql::Session& session, const std::string& user_id);
sql::Result<std::optional<Template>> find_template(sql::Session& session, const TemplateId& id);

/// A page of a list: ids below `before` (all when absent), newest first, at most `limit`.
struct NotificationFilter {
    std::vector<std::string> user_ids{};
    bool unread = false;  ///< only InApp ones that were not read
    std::optional<Uuid> before{};
    std::int64_t limit = 20;
};
sql::Result<std::vector<Notification>> list_notifications(sql::Session& session,
                                                          const NotificationFilter& filter);
/// Ids above `after`, oldest first, at most `limit`.
sql::Result<std::vector<Notification>> list_after(sql::Session& session,
                                                  const std::vector<std::string>& user_ids,
                                                  const NotificationId& after, std::int64_t limit);
sql::Result<std::int64_t> count_unread(sql::Session& session,
                                       const std::vector<std::string>& user_ids);

struct TemplateFilter {
    std::optional<std::string> event{};
    std::optional<NotificationType> type{};
    std::optional<Uuid> before{};
    std::int64_t limit = 20;
};
sql::Result<std::vector<Template>> list_templates(sql::Session& session,
                                                  const TemplateFilter& filter);

}  // namespace waybill::notifications
