#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "chassis/base/error.hpp"
#include "chassis/messaging/operator_acted.hpp"
#include "services/notifications/notification.hpp"
#include "services/notifications/template.hpp"

namespace waybill::notifications {

/// Published by others: somebody is to be told something. Taken by this service.
struct NotificationRequested {
    Content content{};
};

/// What both published events say of their notification.
struct NotificationFacts {
    NotificationId notification_id{};
    Content content{};
    std::optional<std::string> event{};  ///< what caused it
    std::int64_t attempts = 1;
    Timestamp created_at{};
};
/// The channel has taken it; an InApp one is in its recipient's list.
struct NotificationSent {
    NotificationFacts notification{};
};
/// An attempt failed. Without a next one it is dead.
struct NotificationFailed {
    NotificationFacts notification{};
    std::string reason{};
    std::optional<Timestamp> next_attempt_at{};
};

/// Internal: made, and waits for an external channel. Also when an operator has it sent again.
struct NotificationQueued {
    NotificationFacts notification{};
};
/// Internal: made, but not to be sent.
struct NotificationSkipped {
    NotificationFacts notification{};
    std::string reason{};
};
/// Internal: an external channel has it until the lease runs out.
struct DeliveryClaimed {
    NotificationId id{};
    Timestamp lease_until{};
};
/// Internal.
struct NotificationRead {
    NotificationId id{};
};
/// Internal: holds the preferences as they are afterwards.
struct PreferencesChanged {
    Preferences preferences{};
};
/// Internal: made or changed; holds the template as it is afterwards.
struct TemplateChanged {
    Template after{};
};
/// Internal.
struct TemplateDeleted {
    TemplateId id{};
    std::string event{};
};

using messaging::OperatorActed;
using Event = std::variant<NotificationSent, NotificationFailed, OperatorActed, NotificationQueued,
                           NotificationSkipped, DeliveryClaimed, NotificationRead,
                           PreferencesChanged, TemplateChanged, TemplateDeleted>;

/// Type, aggregate and whether it is published.
EventIdentity identify(const Event& event);

/// A published event from its type and data; unknown members are ignored. Fails with
/// malformed-json or validation-failed, and for a type that is not of this service.
Result<Event> event_from_json(std::string_view type, std::string_view data);
/// The data of a published event, compact.
std::string to_json(const Event& event);
/// The data of a request that another service has published.
Result<NotificationRequested> request_from_json(std::string_view data);
std::string to_json(const NotificationRequested& request);

}  // namespace waybill::notifications
