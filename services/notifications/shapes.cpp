#include "services/notifications/shapes.hpp"

#include <fmt/format.h>

#include "chassis/base/shape_read.hpp"
#include "chassis/base/shape_schema.hpp"
#include "chassis/base/shape_write.hpp"
#include "chassis/messaging/operator_acted_shape.hpp"
#include "services/notifications/events.hpp"

namespace waybill::notifications {

using namespace json;

constexpr auto shape(Type<Content>) {
    return fields(field("userId", &Content::user_id, length(1, 255)), field("type", &Content::type),
                  field("subject", &Content::subject, length(1, 200)),
                  field("body", &Content::body, length(1, 10'000)),
                  field("orderId", &Content::order_id));
}

/// A notification as people see it.
struct Shown {
    NotificationId id{};
    std::string user_id{};
    NotificationType type{};
    Delivery status{};
    std::string subject{};
    std::string body{};
    std::optional<std::string> event{};
    std::optional<Uuid> order_id{};
    std::optional<std::string> reason{};
    std::optional<Timestamp> read_at{};
    std::int64_t attempts = 0;
    Timestamp created_at{};
    std::optional<Timestamp> sent_at{};
    std::int64_t version = 0;
};
constexpr auto shape(Type<Shown>) {
    return fields(
        field("id", &Shown::id), field("userId", &Shown::user_id), field("type", &Shown::type),
        field("status", &Shown::status), field("subject", &Shown::subject),
        field("body", &Shown::body), field("event", &Shown::event),
        field("orderId", &Shown::order_id),
        field("reason", &Shown::reason, doc("why it was skipped, or why the last attempt failed")),
        field("readAt", &Shown::read_at), field("attempts", &Shown::attempts),
        field("createdAt", &Shown::created_at), field("sentAt", &Shown::sent_at),
        field("version", &Shown::version));
}

constexpr auto shape(Type<Preferences>) {
    return fields(field("InApp", &Preferences::in_app, otherwise(true)),
                  field("Email", &Preferences::email, otherwise(false)),
                  field("SMS", &Preferences::sms, otherwise(false)),
                  field("Push", &Preferences::push, otherwise(false)),
                  field("email", &Preferences::email_address, length(3, 254)),
                  field("phone", &Preferences::phone, length(3, 32)),
                  field("pushEndpoint", &Preferences::push_endpoint, length(1, 2000)),
                  field("locale", &Preferences::locale, length(2, 35), otherwise("en")),
                  field("version", &Preferences::version, otherwise(std::int64_t{1}),
                        doc("shown; a change is checked by If-Match alone")));
}

constexpr auto shape(Type<TemplateContent>) {
    return fields(field("event", &TemplateContent::event, length(1, 100)),
                  field("type", &TemplateContent::type),
                  field("locale", &TemplateContent::locale, length(2, 35), otherwise("en")),
                  field("name", &TemplateContent::name, length(1, 200)),
                  field("subject", &TemplateContent::subject, length(1, 200)),
                  field("body", &TemplateContent::body, length(1, 10'000)),
                  field("enabled", &TemplateContent::enabled, otherwise(true)));
}
constexpr auto shape(Type<Template>) {
    return fields(field("id", &Template::id), field("event", &Template::event),
                  field("type", &Template::type), field("locale", &Template::locale),
                  field("name", &Template::name), field("subject", &Template::subject),
                  field("body", &Template::body), field("enabled", &Template::enabled),
                  field("version", &Template::version), field("createdAt", &Template::created_at),
                  field("updatedAt", &Template::updated_at));
}

struct Preview {
    std::map<std::string, std::string> fields_given{};
};
constexpr auto shape(Type<Preview>) {
    return fields(field("fields", &Preview::fields_given, optional, strings(20, 40, 500)));
}
constexpr auto shape(Type<Rendered>) {
    return fields(field("subject", &Rendered::subject), field("body", &Rendered::body));
}
struct UnreadCount {
    std::int64_t unread = 0;
};
constexpr auto shape(Type<UnreadCount>) {
    return fields(field("unread", &UnreadCount::unread));
}

template <class T>
struct ListOf {
    std::vector<T> items{};
    std::optional<std::string> next_cursor{};
};
template <class T>
constexpr auto shape(Type<ListOf<T>>) {
    return fields(field("items", &ListOf<T>::items), field("nextCursor", &ListOf<T>::next_cursor));
}

/// The data of NotificationSent and NotificationFailed.
struct Told {
    NotificationId notification_id{};
    std::string user_id{};
    NotificationType type{};
    std::optional<std::string> event{};
    std::optional<Uuid> order_id{};
    std::string subject{};
    std::string body{};
    std::int64_t attempts = 0;
    Timestamp created_at{};
};
constexpr auto shape(Type<Told>) {
    return fields(field("notificationId", &Told::notification_id), field("userId", &Told::user_id),
                  field("type", &Told::type), field("event", &Told::event),
                  field("orderId", &Told::order_id), field("subject", &Told::subject),
                  field("body", &Told::body), field("attempts", &Told::attempts),
                  field("createdAt", &Told::created_at));
}
struct ToldFailure {
    NotificationId notification_id{};
    std::string user_id{};
    NotificationType type{};
    std::optional<std::string> event{};
    std::optional<Uuid> order_id{};
    std::string subject{};
    std::string body{};
    std::int64_t attempts = 0;
    Timestamp created_at{};
    std::string reason{};
    std::optional<Timestamp> next_attempt_at{};
};
constexpr auto shape(Type<ToldFailure>) {
    return fields(field("notificationId", &ToldFailure::notification_id),
                  field("userId", &ToldFailure::user_id), field("type", &ToldFailure::type),
                  field("event", &ToldFailure::event), field("orderId", &ToldFailure::order_id),
                  field("subject", &ToldFailure::subject), field("body", &ToldFailure::body),
                  field("attempts", &ToldFailure::attempts),
                  field("createdAt", &ToldFailure::created_at),
                  field("reason", &ToldFailure::reason),
                  field("nextAttemptAt", &ToldFailure::next_attempt_at));
}

namespace {

template <class T>
T told(const NotificationFacts& n) {
    T wire;
    wire.notification_id = n.notification_id;
    wire.user_id = n.content.user_id;
    wire.type = n.content.type;
    wire.event = n.event;
    wire.order_id = n.content.order_id;
    wire.subject = n.content.subject;
    wire.body = n.content.body;
    wire.attempts = n.attempts;
    wire.created_at = n.created_at;
    return wire;
}
template <class T>
NotificationFacts facts_of(T wire) {
    return {.notification_id = wire.notification_id,
            .content = {.user_id = std::move(wire.user_id),
                        .type = wire.type,
                        .subject = std::move(wire.subject),
                        .body = std::move(wire.body),
                        .order_id = wire.order_id},
            .event = std::move(wire.event),
            .attempts = wire.attempts,
            .created_at = wire.created_at};
}

std::string data_of(const NotificationSent& e) {
    return write(told<Told>(e.notification));
}
std::string data_of(const NotificationFailed& e) {
    auto wire = told<ToldFailure>(e.notification);
    wire.reason = e.reason;
    wire.next_attempt_at = e.next_attempt_at;
    return write(wire);
}
std::string data_of(const OperatorActed& e) {
    return write(e);
}
template <class Internal>
std::string data_of(const Internal&) {
    return "{}";
}

}  // namespace

std::string to_json(const Notification& n) {
    return write(Shown{.id = n.id,
                       .user_id = n.content.user_id,
                       .type = n.content.type,
                       .status = n.status,
                       .subject = n.content.subject,
                       .body = n.content.body,
                       .event = n.event,
                       .order_id = n.content.order_id,
                       .reason = n.reason,
                       .read_at = n.read_at,
                       .attempts = n.attempts,
                       .created_at = n.created_at,
                       .sent_at = n.sent_at,
                       .version = n.version});
}
std::string to_json(const Preferences& preferences) {
    return write(preferences);
}
std::string to_json(const Template& text) {
    return write(text);
}
std::string to_json(const Rendered& rendered) {
    return write(rendered);
}
std::string to_json(const Event& event) {
    return std::visit([](const auto& e) { return data_of(e); }, event);
}
std::string to_json(const NotificationRequested& request) {
    return write(request.content);
}

Result<Content> content_from_json(std::string_view body) {
    return read<Content>(body);
}
Result<Preferences> preferences_from_json(std::string_view body) {
    return read<Preferences>(body);
}
Result<TemplateContent> template_from_json(std::string_view body) {
    return read<TemplateContent>(body);
}
Result<std::map<std::string, std::string>> preview_from_json(std::string_view body) {
    return read<Preview>(body).map([](Preview p) { return std::move(p.fields_given); });
}
Result<NotificationRequested> request_from_json(std::string_view data) {
    return read<Content>(data, Unknown::ignore).map([](Content content) {
        return NotificationRequested{std::move(content)};
    });
}

Result<Event> event_from_json(std::string_view type, std::string_view data) {
    if (type == "NotificationSent")
        return read<Told>(data, Unknown::ignore).map([](Told wire) -> Event {
            return NotificationSent{facts_of(std::move(wire))};
        });
    if (type == "NotificationFailed")
        return read<ToldFailure>(data, Unknown::ignore).map([](ToldFailure wire) -> Event {
            const auto reason = wire.reason;
            const auto next = wire.next_attempt_at;
            return NotificationFailed{facts_of(std::move(wire)), reason, next};
        });
    if (type == "OperatorActed")
        return read<OperatorActed>(data, Unknown::ignore).map([](OperatorActed act) -> Event {
            return act;
        });
    return fail(Problem::validation_failed, fmt::format("notifications makes no {}", type));
}

const http::Schema notification_schema{"Notification", output_schema<Shown>};
const http::Schema notification_list_schema{"NotificationList", output_schema<ListOf<Shown>>};
const http::Schema content_schema{"PostNotification", schema<Content>};
const http::Schema preferences_schema{"NotificationPreferences", output_schema<Preferences>};
const http::Schema preferences_input_schema{"PutNotificationPreferences", schema<Preferences>};
const http::Schema template_schema{"NotificationTemplate", output_schema<Template>};
const http::Schema template_list_schema{"NotificationTemplateList",
                                        output_schema<ListOf<Template>>};
const http::Schema template_content_schema{"PutNotificationTemplate", schema<TemplateContent>};
const http::Schema preview_schema{"PreviewTemplate", schema<Preview>};
const http::Schema rendered_schema{"RenderedTemplate", output_schema<Rendered>};
const http::Schema unread_count_schema{"UnreadCount", output_schema<UnreadCount>};

std::map<std::string, std::string> event_schemas() {
    return {{"NotificationRequested", output_schema<Content>()},
            {"NotificationSent", output_schema<Told>()},
            {"NotificationFailed", output_schema<ToldFailure>()},
            {"OperatorActed", output_schema<OperatorActed>()}};
}

}  // namespace waybill::notifications
