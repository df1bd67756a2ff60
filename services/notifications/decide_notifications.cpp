#include <fmt/format.h>

#include <array>

#include "services/notifications/decisions.hpp"

namespace waybill::notifications {

namespace {
/// Why the user gets none of this type; empty when it does.
std::string_view refusal(const Preferences& preferences, NotificationType type) {
    if (!preferences.permits(type)) return "opted_out";
    if (!preferences.has_address(type)) return "no_address";
    return {};
}

/// The one that is sent at once, or the one that waits for its channel.
Event outgoing(NotificationFacts facts, TypeSet external) {
    if (!external.has(facts.content.type)) {
        facts.attempts = 1;
        return NotificationSent{std::move(facts)};
    }
    facts.attempts = 0;
    return NotificationQueued{std::move(facts)};
}

NotificationFacts facts_of(const Notification& row) {
    return {.notification_id = row.id,
            .content = row.content,
            .event = row.event,
            .attempts = row.attempts,
            .created_at = row.created_at};
}

/// `de-AT`, then `de`, then `en`.
const Template* best_template(const State& state, const std::string& event, NotificationType type,
                              std::string_view locale) {
    const std::string_view language = locale.substr(0, locale.find('-'));
    for (const std::string_view wanted : {locale, language, std::string_view("en")})
        if (const Template* found = find_template(state, event, type, wanted)) return found;
    return nullptr;
}

Rejection not_from(const Notification& row, std::string why) {
    return Error(Problem::illegal_transition, std::move(why))
        .with("currentStatus", std::string(word_of(row.status)));
}

bool claimable(const Notification& row, Timestamp now) {
    switch (row.status) {
        case Delivery::queued:
            return true;
        case Delivery::failed:
            return row.next_attempt_at && *row.next_attempt_at <= now;
        case Delivery::sending:
            return row.lease_until && *row.lease_until <= now;
        default:
            return false;
    }
}

/// The notification whose attempt this is, while it is being made.
const Notification* under_way(const State& state, const NotificationId& id, std::int64_t attempt) {
    const Notification* row = state.notifications.find(id);
    const bool current =
        row != nullptr && row->status == Delivery::sending && row->attempts == attempt;
    return current ? row : nullptr;
}

/// The wait after the n-th failed attempt, the ladder that messages climb too.
Duration pause_after(std::int64_t attempt) {
    using namespace std::chrono_literals;
    constexpr std::array<Duration, attempts_max - 1> ladder = {5s, 30s, 2min, 10min, 1h};
    return ladder.at(static_cast<std::size_t>(attempt - 1));
}
}  // namespace

Outcome decide_one(const State& state, const Announce& c, const Facts& facts) {
    if (state.notifications.find(notification_id(c.event_id, c.occurred_at, c.recipient, 0)))
        return Nothing{"already_notified"};
    const Preferences& preferences = preferences_of(state, c.recipient);
    Events events;
    bool wanted = false;
    for (const NotificationType type : all_types) {
        if (!refusal(preferences, type).empty()) continue;
        wanted = true;
        const Template* text = best_template(state, c.event, type, preferences.locale);
        if (text == nullptr || !text->enabled) continue;
        const auto rank = static_cast<unsigned>(events.size());
        NotificationFacts made{
            .notification_id = notification_id(c.event_id, c.occurred_at, c.recipient, rank),
            .content = {.user_id = c.recipient,
                        .type = type,
                        .subject = render(text->subject, c.fields),
                        .body = render(text->body, c.fields),
                        .order_id = c.order_id},
            .event = c.event,
            .created_at = facts.now};
        events.push_back(outgoing(std::move(made), c.external));
    }
    if (events.empty()) return Nothing{wanted ? "no_template" : "opted_out"};
    return events;
}

Outcome decide_one(const State& state, const TakeRequest& c, const Facts& facts) {
    const auto id = notification_id(c.event_id, c.occurred_at, c.content.user_id, 0);
    if (state.notifications.find(id) != nullptr) return Nothing{"already_notified"};
    const auto why = refusal(preferences_of(state, c.content.user_id), c.content.type);
    if (!why.empty()) return Nothing{why};
    return Events{outgoing({.notification_id = id,
                            .content = c.content,
                            .event = "NotificationRequested",
                            .created_at = facts.now},
                           c.external)};
}

Outcome decide_one(const State& state, const PostNotification& c, const Facts& facts) {
    NotificationFacts made{.notification_id = posted_notification_id(facts),
                           .content = c.content,
                           .event = std::nullopt,
                           .created_at = facts.now};
    const auto why = refusal(preferences_of(state, c.content.user_id), c.content.type);
    if (why.empty()) return Events{outgoing(std::move(made), c.external)};
    made.attempts = 0;
    return Events{NotificationSkipped{std::move(made), std::string(why)}};
}

Outcome decide_one(const State& state, const MarkRead& c, const Facts&) {
    const Notification* row = state.notifications.find(c.id);
    if (row == nullptr || !c.viewer.sees(row->content.user_id)) return not_found("notification");
    if (auto fault = version_fault(c.expected_version, row->version)) return *std::move(fault);
    if (row->read_at) return Nothing{"already_read"};
    return Events{NotificationRead{c.id}};
}

Outcome decide_one(const State& state, const RetryNotification& c, const Facts&) {
    const Notification* row = state.notifications.find(c.id);
    if (row == nullptr) return not_found("notification");
    if (auto fault = version_fault(c.expected_version, row->version)) return *std::move(fault);
    const bool retryable = row->status == Delivery::failed || row->status == Delivery::dead ||
                           row->status == Delivery::skipped;
    if (!retryable)
        return not_from(
            *row, fmt::format("a notification that is {} is not sent again", word_of(row->status)));
    const auto why = refusal(preferences_of(state, row->content.user_id), row->content.type);
    if (!why.empty()) return not_from(*row, fmt::format("its recipient gets none: {}", why));
    return Events{outgoing(facts_of(*row), c.external)};
}

Outcome decide_one(const State& state, const ClaimDelivery& c, const Facts& facts) {
    const Notification* row = state.notifications.find(c.id);
    if (row == nullptr || !claimable(*row, facts.now)) return Nothing{"not_due"};
    return Events{DeliveryClaimed{c.id, facts.now + c.lease}};
}

Outcome decide_one(const State& state, const RecordDelivery& c, const Facts&) {
    const Notification* row = under_way(state, c.id, c.attempt);
    if (row == nullptr) return Nothing{"not_under_way"};
    return Events{NotificationSent{facts_of(*row)}};
}

Outcome decide_one(const State& state, const RecordDeliveryFailure& c, const Facts& facts) {
    const Notification* row = under_way(state, c.id, c.attempt);
    if (row == nullptr) return Nothing{"not_under_way"};
    NotificationFailed failed{.notification = facts_of(*row), .reason = c.reason};
    if (row->attempts < attempts_max)
        failed.next_attempt_at = facts.now + pause_after(row->attempts);
    return Events{std::move(failed)};
}

}  // namespace waybill::notifications
