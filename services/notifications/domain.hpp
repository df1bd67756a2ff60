#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/event.hpp"
#include "chassis/base/facts.hpp"
#include "chassis/base/keys.hpp"
#include "chassis/base/outcome.hpp"
#include "chassis/base/table.hpp"
#include "services/notifications/commands.hpp"
#include "services/notifications/events.hpp"

namespace waybill::notifications {

/// The tables of State, in the order of locking, and what their indexes look up by.
enum TableIndex : std::uint8_t { notifications_table = 0, preferences_table, templates_table };
inline constexpr std::uint8_t by_notification = 1;  ///< preferences: of the notification's user
inline constexpr std::uint8_t by_event = 1;         ///< templates: all of an event

/// Everything a batch looks at and changes.
struct State {
    Table<NotificationId, Notification> notifications;
    Table<std::string, Preferences> preferences;
    Table<TemplateId, Template> templates;
    /// Which templates an event has; follows `templates`, no rows of its own.
    Table<std::string, std::vector<TemplateId>> templates_of_event;
};

/// The id of the `rank`-th notification that an event makes for a recipient: always the same, so
/// that a redelivered event finds what it has made. A UUIDv7 of the event's time.
NotificationId notification_id(const Uuid& event_id, Timestamp occurred_at,
                               std::string_view recipient, unsigned rank);

/// The ids that a command which makes something gives to it.
inline NotificationId posted_notification_id(const Facts& facts) {
    return {facts.id(0)};
}
inline TemplateId created_template_id(const Facts& facts) {
    return {facts.id(1)};
}

/// After so many failed attempts a notification is dead.
inline constexpr std::int64_t attempts_max = 6;

Keys keys_of(const Command& command);
OutcomeOf<Event> decide(const State& state, const Command& command, const Facts& facts);
void apply(State& state, const Event& event, Timestamp occurred_at);
/// The aggregate's version that `event` made. Right after it was applied.
std::int64_t version_of(const State& state, const Event& event);
std::string_view command_name(const Command& command);

}  // namespace waybill::notifications
