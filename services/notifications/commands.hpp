#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "services/notifications/notification.hpp"
#include "services/notifications/template.hpp"

namespace waybill::notifications {

/// Told by an event: let its recipient know, by every way the recipient wants.
struct Announce {
    Uuid event_id{};
    Timestamp occurred_at{};
    std::string event{};
    std::string recipient{};  ///< a subject, or `role:<role>`
    std::optional<Uuid> order_id{};
    Fields fields{};
    TypeSet external{};
};

/// Told by NotificationRequested: another service has written the text itself.
struct TakeRequest {
    Uuid event_id{};
    Timestamp occurred_at{};
    Content content{};
    TypeSet external{};
};

/// An operator writes to somebody.
struct PostNotification {
    Content content{};
    TypeSet external{};
};

struct MarkRead {
    NotificationId id{};
    Viewer viewer{};
    std::optional<std::int64_t> expected_version{};
};

/// An operator has a failed, dead or skipped one sent again.
struct RetryNotification {
    NotificationId id{};
    std::optional<std::int64_t> expected_version{};
    TypeSet external{};
};

struct PutPreferences {
    Preferences preferences{};  ///< its version is not looked at
    std::optional<std::int64_t> expected_version{};
};

/// What an operator may say of a template. Event, type and locale never change afterwards.
struct TemplateContent {
    std::string event{};
    NotificationType type = NotificationType::in_app;
    std::string locale = "en";
    std::string name{};
    std::string subject{};
    std::string body{};
    bool enabled = true;
};
struct CreateTemplate {
    TemplateContent content{};
};
struct UpdateTemplate {
    TemplateId id{};
    TemplateContent content{};
    std::optional<std::int64_t> expected_version{};
};
struct DeleteTemplate {
    TemplateId id{};
    std::optional<std::int64_t> expected_version{};
};

/// Told by time: an external channel takes a queued one, a failed one whose time has come, or one
/// whose lease has run out.
struct ClaimDelivery {
    NotificationId id{};
    Duration lease{};
};
/// Told by an external channel: the far end has taken attempt `attempt`.
struct RecordDelivery {
    NotificationId id{};
    std::int64_t attempt = 0;
};
/// Told by an external channel: attempt `attempt` failed.
struct RecordDeliveryFailure {
    NotificationId id{};
    std::int64_t attempt = 0;
    std::string reason{};
};

using Command = std::variant<Announce, TakeRequest, PostNotification, MarkRead, RetryNotification,
                             PutPreferences, CreateTemplate, UpdateTemplate, DeleteTemplate,
                             ClaimDelivery, RecordDelivery, RecordDeliveryFailure>;

}  // namespace waybill::notifications
