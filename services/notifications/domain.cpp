#include "services/notifications/domain.hpp"

#include <fmt/format.h>

#include <array>

#include "services/notifications/decisions.hpp"

namespace waybill::notifications {

namespace {
std::string_view raw(const NotificationId& id) {
    return id.value.raw();
}
std::string_view raw(const TemplateId& id) {
    return id.value.raw();
}

Keys keys(const Announce& c) {
    Keys all;
    all.change(notifications_table,
               raw(notification_id(c.event_id, c.occurred_at, c.recipient, 0)));
    all.read(preferences_table, c.recipient);
    all.read(templates_table, c.event, by_event);
    return all;
}
Keys keys(const TakeRequest& c) {
    Keys all;
    all.change(notifications_table,
               raw(notification_id(c.event_id, c.occurred_at, c.content.user_id, 0)));
    all.read(preferences_table, c.content.user_id);
    return all;
}
Keys keys(const PostNotification& c) {
    Keys all;
    all.read(preferences_table, c.content.user_id);
    return all;
}
Keys keys_of_notification(const NotificationId& id) {
    Keys all;
    all.change(notifications_table, raw(id));
    return all;
}
Keys keys(const MarkRead& c) {
    return keys_of_notification(c.id);
}
Keys keys(const RetryNotification& c) {
    Keys all = keys_of_notification(c.id);
    all.read(preferences_table, raw(c.id), by_notification);
    return all;
}
Keys keys(const ClaimDelivery& c) {
    return keys_of_notification(c.id);
}
Keys keys(const RecordDelivery& c) {
    return keys_of_notification(c.id);
}
Keys keys(const RecordDeliveryFailure& c) {
    return keys_of_notification(c.id);
}
Keys keys(const PutPreferences& c) {
    Keys all;
    all.change(preferences_table, c.preferences.user_id);
    return all;
}
Keys keys(const CreateTemplate& c) {
    Keys all;
    all.change(templates_table, c.content.event, by_event);
    return all;
}
Keys keys(const UpdateTemplate& c) {
    Keys all;
    all.change(templates_table, raw(c.id));
    return all;
}
Keys keys(const DeleteTemplate& c) {
    Keys all;
    all.change(templates_table, raw(c.id));
    return all;
}
}  // namespace

Rejection not_found(std::string_view what) {
    return {Problem::not_found, fmt::format("there is no such {}", what)};
}

std::optional<Rejection> version_fault(std::optional<std::int64_t> expected, std::int64_t current) {
    if (!expected || *expected == current) return std::nullopt;
    return Error(Problem::version_mismatch,
                 fmt::format("the version is {}, not {}", current, *expected))
        .with("currentVersion", current);
}

const Preferences& preferences_of(const State& state, const std::string& user_id) {
    static const Preferences defaults;
    const Preferences* row = state.preferences.find(user_id);
    return row != nullptr ? *row : defaults;
}

const Template* find_template(const State& state, const std::string& event, NotificationType type,
                              std::string_view locale) {
    const auto* ids = state.templates_of_event.find(event);
    if (ids == nullptr) return nullptr;
    for (const auto& id : *ids) {
        const Template& one = state.templates.at(id);
        if (one.type == type && one.locale == locale) return &one;
    }
    return nullptr;
}

NotificationId notification_id(const Uuid& event_id, Timestamp occurred_at,
                               std::string_view recipient, unsigned rank) {
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a: the same in every process and build
    const auto mix = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3U; };
    for (const auto byte : event_id.bytes) mix(byte);
    for (const char c : recipient) mix(static_cast<unsigned char>(c));
    mix(static_cast<unsigned char>(rank));
    // A foreign event's id may hold no time.
    const Timestamp time = event_id.version() == 7 ? event_id.time() : occurred_at;
    hash ^= hash >> 32U;  // the id keeps the low bits, the hash is best in the high ones
    return NotificationId{Uuid::v7(time, hash)};
}

Keys keys_of(const Command& command) {
    return std::visit([](const auto& c) { return keys(c); }, command);
}

OutcomeOf<Event> decide(const State& state, const Command& command, const Facts& facts) {
    return std::visit([&](const auto& c) { return decide_one(state, c, facts); }, command);
}

std::string_view command_name(const Command& command) {
    static constexpr std::array<std::string_view, std::variant_size_v<Command>> names = {
        "Announce",          "TakeRequest",    "PostNotification", "MarkRead",
        "RetryNotification", "PutPreferences", "CreateTemplate",   "UpdateTemplate",
        "DeleteTemplate",    "ClaimDelivery",  "RecordDelivery",   "RecordDeliveryFailure"};
    return names[command.index()];
}

}  // namespace waybill::notifications
