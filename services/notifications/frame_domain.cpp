#include "services/notifications/frame_domain.hpp"

namespace waybill::notifications {

namespace {
using service::Subject;
using View = NotificationsDomain::View;

Subject subject_of_notification(const State& state, const NotificationId& id) {
    const Notification* row =
        state.notifications.known(id) ? state.notifications.find(id) : nullptr;
    return {id.value, row != nullptr ? row->version : 0};
}
Subject subject(const State& s, const Announce& c, const Facts&) {
    return subject_of_notification(s, notification_id(c.event_id, c.occurred_at, c.recipient, 0));
}
Subject subject(const State& s, const TakeRequest& c, const Facts&) {
    return subject_of_notification(
        s, notification_id(c.event_id, c.occurred_at, c.content.user_id, 0));
}
Subject subject(const State& s, const PostNotification&, const Facts& facts) {
    return subject_of_notification(s, posted_notification_id(facts));
}
Subject subject(const State& s, const PutPreferences& c, const Facts&) {
    const Preferences* row = s.preferences.find(c.preferences.user_id);
    return {{}, row != nullptr ? row->version : 1};
}
Subject subject_of_template(const State& s, const TemplateId& id) {
    const Template* row = s.templates.known(id) ? s.templates.find(id) : nullptr;
    return {id.value, row != nullptr ? row->version : 0};
}
Subject subject(const State& s, const CreateTemplate&, const Facts& facts) {
    return subject_of_template(s, created_template_id(facts));
}
Subject subject(const State& s, const UpdateTemplate& c, const Facts&) {
    return subject_of_template(s, c.id);
}
Subject subject(const State& s, const DeleteTemplate& c, const Facts&) {
    return subject_of_template(s, c.id);
}
template <class AboutOne>
Subject subject(const State& s, const AboutOne& c, const Facts&) {
    return subject_of_notification(s, c.id);
}

std::optional<View> shown_notification(const State& s, const NotificationId& id) {
    const Notification* row = s.notifications.find(id);
    return row != nullptr ? std::optional<View>(*row) : std::nullopt;
}
std::optional<View> shown_template(const State& s, const TemplateId& id) {
    const Template* row = s.templates.find(id);
    return row != nullptr ? std::optional<View>(*row) : std::nullopt;
}
std::optional<View> view(const State& s, const PostNotification&, const Facts& facts) {
    return shown_notification(s, posted_notification_id(facts));
}
std::optional<View> view(const State& s, const MarkRead& c, const Facts&) {
    return shown_notification(s, c.id);
}
std::optional<View> view(const State& s, const RetryNotification& c, const Facts&) {
    return shown_notification(s, c.id);
}
std::optional<View> view(const State& s, const PutPreferences& c, const Facts&) {
    const Preferences* row = s.preferences.find(c.preferences.user_id);
    return row != nullptr ? *row : Preferences{.user_id = c.preferences.user_id};
}
std::optional<View> view(const State& s, const CreateTemplate&, const Facts& facts) {
    return shown_template(s, created_template_id(facts));
}
std::optional<View> view(const State& s, const UpdateTemplate& c, const Facts&) {
    return shown_template(s, c.id);
}
/// Nobody waits for what events and time tell.
template <class Told>
std::optional<View> view(const State&, const Told&, const Facts&) {
    return std::nullopt;
}
}  // namespace

Subject NotificationsDomain::subject_of(const State& s, const Command& command, const Facts& f) {
    return std::visit([&](const auto& c) { return subject(s, c, f); }, command);
}

std::optional<View> NotificationsDomain::view_of(const State& s, const Command& command,
                                                 const Facts& f) {
    return std::visit([&](const auto& c) { return view(s, c, f); }, command);
}

}  // namespace waybill::notifications
