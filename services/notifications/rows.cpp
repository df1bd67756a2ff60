#include "chassis/sql/rows.hpp"

#include "services/notifications/shapes.hpp"

namespace waybill::notifications {

const sql::TypedTable<Notification>& notification_rows() {
    using sql::column, sql::key;
    static const auto rows = sql::table<Notification>(
        "notifications", key("id", &Notification::id),
        column("user_id", &Notification::content, &Content::user_id),
        column("type", &Notification::content, &Content::type),
        column("status", &Notification::status),
        column("subject", &Notification::content, &Content::subject),
        column("body", &Notification::content, &Content::body),
        column("event", &Notification::event),
        column("order_id", &Notification::content, &Content::order_id),
        column("attempts", &Notification::attempts), column("reason", &Notification::reason),
        column("next_attempt_at", &Notification::next_attempt_at),
        column("lease_until", &Notification::lease_until),
        column("created_at", &Notification::created_at), column("sent_at", &Notification::sent_at),
        column("read_at", &Notification::read_at), column("version", &Notification::version),
        column("event_version", &Notification::event_version));
    return rows;
}

const sql::TypedTable<Preferences>& preferences_rows() {
    using sql::column, sql::key;
    static const auto rows = sql::table<Preferences>(
        "preferences", key("user_id", &Preferences::user_id),
        column("in_app", &Preferences::in_app), column("email", &Preferences::email),
        column("sms", &Preferences::sms), column("push", &Preferences::push),
        column("email_address", &Preferences::email_address), column("phone", &Preferences::phone),
        column("push_endpoint", &Preferences::push_endpoint),
        column("locale", &Preferences::locale), column("version", &Preferences::version));
    return rows;
}

const sql::TypedTable<Template>& template_rows() {
    using sql::column, sql::key;
    static const auto rows = sql::table<Template>(
        "templates", key("id", &Template::id), column("event", &Template::event),
        column("type", &Template::type), column("locale", &Template::locale),
        column("name", &Template::name), column("subject", &Template::subject),
        column("body", &Template::body), column("enabled", &Template::enabled),
        column("version", &Template::version), column("created_at", &Template::created_at),
        column("updated_at", &Template::updated_at));
    return rows;
}

}  // namespace waybill::notifications
