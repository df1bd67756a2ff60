#include <fmt/format.h>

#include "services/notifications/api.hpp"
#include "services/notifications/shapes.hpp"

namespace waybill::notifications {

namespace {
using http::Call;

constexpr std::string_view notifications_path = "/v1/notifications";
}  // namespace

void NotificationsApi::add_routes(http::Routes& routes) {
    using http::Priority;
    constexpr http::Parameter user{"userId", "the caller's subject, or role:<role> of a role held"};
    routes.post(std::string(notifications_path),
                {.scope = "notifications.write",
                 .role = "operator",
                 .idempotent_key = true,
                 .priority = Priority::create,
                 .body = content_schema,
                 .answers = {{201, "made", notification_schema}},
                 .doc = "Write a notification to a user or a role",
                 .operation_id = "postNotification"},
                [this](Call& call) { return post(call); });
    routes.get(std::string(notifications_path),
               {.scope = "notifications.read",
                .owner = true,
                .priority = Priority::list,
                .parameters = {user,
                               {"unread", "true: only InApp ones that were not read", false,
                                R"({"type":"boolean"})"},
                               {"limit", "1..100", false, R"({"type":"integer"})"},
                               {"cursor", "nextCursor of the page before"}},
                .answers = {{200, "newest first", notification_list_schema}},
                .doc = "The caller's notifications and those of the roles it holds",
                .operation_id = "listNotifications"},
               [this](Call& call) { return list(call); });
    routes.get(fmt::format("{}/unread-count", notifications_path),
               {.scope = "notifications.read",
                .owner = true,
                .parameters = {user},
                .answers = {{200, "how many InApp ones were not read", unread_count_schema}},
                .doc = "How many notifications wait to be read",
                .operation_id = "countUnreadNotifications"},
               [this](Call& call) { return count(call); });
    add_one_routes(routes);
    add_preferences_routes(routes);
}

void NotificationsApi::add_one_routes(http::Routes& routes) {
    using http::Priority;
    const http::Answer one{200, "the notification", notification_schema};
    routes.get(fmt::format("{}/stream", notifications_path),
               {.scope = "notifications.read",
                .owner = true,
                .streams = true,
                .parameters = {{"Last-Event-ID", "resumes after this notification", true}},
                .answers = {{200, "server-sent events", notification_schema, "text/event-stream"}},
                .doc = "New notifications as they are sent",
                .operation_id = "streamNotifications"},
               [this](Call& call) { return stream(call); });
    routes.get(fmt::format("{}/{{id}}", notifications_path),
               {.scope = "notifications.read",
                .owner = true,
                .answers = {one},
                .doc = "One notification",
                .operation_id = "getNotification"},
               [this](Call& call) { return get(call); });
    routes.post(fmt::format("{}/{{id}}/read", notifications_path),
                {.scope = "notifications.write",
                 .owner = true,
                 .idempotent_key = true,
                 .if_match = true,
                 .body_optional = true,
                 .priority = Priority::move,
                 .answers = {one},
                 .doc = "Mark a notification as read",
                 .operation_id = "readNotification"},
                [this](Call& call) { return read(call); });
    routes.post(fmt::format("{}/{{id}}/retry", notifications_path),
                {.scope = "notifications.write",
                 .role = "operator",
                 .idempotent_key = true,
                 .if_match = true,
                 .body_optional = true,
                 .priority = Priority::create,
                 .answers = {one},
                 .doc = "Send a failed, dead or skipped notification again",
                 .operation_id = "retryNotification"},
                [this](Call& call) { return retry(call); });
}

void NotificationsApi::add_preferences_routes(http::Routes& routes) {
    const http::Answer own{200, "the caller's preferences", preferences_schema};
    routes.get(fmt::format("{}/preferences", notifications_path),
               {.scope = "notifications.read",
                .owner = true,
                .answers = {own},
                .doc = "What the caller wants to hear, and where",
                .operation_id = "getNotificationPreferences"},
               [this](Call& call) { return get_preferences(call); });
    routes.put(fmt::format("{}/preferences", notifications_path),
               {.scope = "notifications.write",
                .owner = true,
                .if_match = true,
                .priority = http::Priority::create,
                .body = preferences_input_schema,
                .answers = {own},
                .doc = "Replace the caller's preferences",
                .operation_id = "putNotificationPreferences"},
               [this](Call& call) { return put_preferences(call); });
}

}  // namespace waybill::notifications
