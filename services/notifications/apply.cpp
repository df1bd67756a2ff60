#include <algorithm>

#include "services/notifications/domain.hpp"

namespace waybill::notifications {

namespace {
/// The row that an event tells of, made when the event is its first; one change further.
Notification& changed(State& state, const NotificationFacts& facts) {
    const NotificationId& id = facts.notification_id;
    const bool there = state.notifications.known(id) && state.notifications.find(id) != nullptr;
    Notification& row =
        there ? state.notifications.change(id)
              : state.notifications.put(id, {.id = id, .created_at = facts.created_at});
    row.content = facts.content;
    row.event = facts.event;
    row.attempts = facts.attempts;
    row.next_attempt_at.reset();
    row.lease_until.reset();
    row.reason.reset();
    ++row.version;
    return row;
}

void apply_one(State& state, const NotificationSent& event, Timestamp occurred_at) {
    Notification& row = changed(state, event.notification);
    row.status = Delivery::sent;
    row.sent_at = occurred_at;
    ++row.event_version;
}
void apply_one(State& state, const NotificationFailed& event, Timestamp) {
    Notification& row = changed(state, event.notification);
    row.status = event.next_attempt_at ? Delivery::failed : Delivery::dead;
    row.next_attempt_at = event.next_attempt_at;
    row.reason = event.reason;
    ++row.event_version;
}
void apply_one(State& state, const NotificationQueued& event, Timestamp) {
    changed(state, event.notification).status = Delivery::queued;
}
void apply_one(State& state, const NotificationSkipped& event, Timestamp) {
    Notification& row = changed(state, event.notification);
    row.status = Delivery::skipped;
    row.reason = event.reason;
}
void apply_one(State& state, const DeliveryClaimed& event, Timestamp) {
    Notification& row = state.notifications.change(event.id);
    row.status = Delivery::sending;
    row.lease_until = event.lease_until;
    row.next_attempt_at.reset();
    ++row.attempts;
    ++row.version;
}
void apply_one(State& state, const NotificationRead& event, Timestamp occurred_at) {
    Notification& row = state.notifications.change(event.id);
    row.read_at = occurred_at;
    ++row.version;
}
void apply_one(State& state, const PreferencesChanged& event, Timestamp) {
    state.preferences.put(event.preferences.user_id, event.preferences);
}

std::vector<TemplateId> templates_of(const State& state, const std::string& event) {
    if (!state.templates_of_event.known(event)) return {};
    const auto* ids = state.templates_of_event.find(event);
    return ids != nullptr ? *ids : std::vector<TemplateId>{};
}

void apply_one(State& state, const TemplateChanged& event, Timestamp) {
    auto ids = templates_of(state, event.after.event);
    if (std::find(ids.begin(), ids.end(), event.after.id) == ids.end()) {
        ids.push_back(event.after.id);
        state.templates_of_event.put(event.after.event, std::move(ids));
    }
    state.templates.put(event.after.id, event.after);
}
void apply_one(State& state, const TemplateDeleted& event, Timestamp) {
    auto ids = templates_of(state, event.event);
    std::erase(ids, event.id);
    state.templates_of_event.put(event.event, std::move(ids));
    state.templates.erase(event.id);
}
void apply_one(State&, const OperatorActed&, Timestamp) {}

EventIdentity of_notification(std::string_view type, const NotificationId& id, bool published) {
    return {.type = type,
            .aggregate_type = "notification",
            .aggregate_id = id.value,
            .published = published};
}
EventIdentity internal(std::string_view type) {
    return {.type = type, .aggregate_type = "notification", .aggregate_id = {}, .published = false};
}

EventIdentity identity(const NotificationSent& e) {
    return of_notification("NotificationSent", e.notification.notification_id, true);
}
EventIdentity identity(const NotificationFailed& e) {
    return of_notification("NotificationFailed", e.notification.notification_id, true);
}
EventIdentity identity(const OperatorActed& e) {
    return messaging::identify(e);
}
EventIdentity identity(const NotificationQueued& e) {
    return of_notification("NotificationQueued", e.notification.notification_id, false);
}
EventIdentity identity(const NotificationSkipped& e) {
    return of_notification("NotificationSkipped", e.notification.notification_id, false);
}
EventIdentity identity(const DeliveryClaimed& e) {
    return of_notification("DeliveryClaimed", e.id, false);
}
EventIdentity identity(const NotificationRead& e) {
    return of_notification("NotificationRead", e.id, false);
}
EventIdentity identity(const PreferencesChanged&) {
    return internal("PreferencesChanged");
}
EventIdentity identity(const TemplateChanged&) {
    return internal("TemplateChanged");
}
EventIdentity identity(const TemplateDeleted&) {
    return internal("TemplateDeleted");
}
}  // namespace

void apply(State& state, const Event& event, Timestamp occurred_at) {
    std::visit([&](const auto& e) { apply_one(state, e, occurred_at); }, event);
}

EventIdentity identify(const Event& event) {
    return std::visit([](const auto& e) { return identity(e); }, event);
}

std::int64_t version_of(const State& state, const Event& event) {
    if (std::holds_alternative<OperatorActed>(event)) return messaging::operator_acted_version;
    const EventIdentity whose = identify(event);
    if (!whose.published) return 0;
    return state.notifications.at(NotificationId{whose.aggregate_id}).event_version;
}

}  // namespace waybill::notifications
