#include "services/notifications/domain.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

namespace waybill::notifications {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp start{1'795'000'000'000'000};

Uuid event_id_of(std::uint64_t n) {
    return Uuid::v7(start, n);
}

/// Runs commands as a batch of one does: everything looked up is there or known to be absent.
class House {
 public:
    OutcomeOf<Event> run(const Command& command) {
        load(command);
        const Facts facts(now, {"operator", "test"}, ++seed_);
        auto outcome = decide(state, command, facts);
        if (auto* events = std::get_if<std::vector<Event>>(&outcome)) {
            for (const auto& event : *events) {
                apply(state, event, now);
                published(event);
            }
        }
        return outcome;
    }
    std::vector<Notification> all() const {
        std::vector<Notification> rows;
        for (const auto* row : state.notifications.present()) rows.push_back(*row);
        return rows;
    }

    State state;
    Timestamp now = start;
    std::map<Uuid, std::vector<std::int64_t>> versions;  ///< published, by aggregate

 private:
    void load(const Command& command) {
        Keys keys = keys_of(command);
        for (const auto& id : keys.of(notifications_table))
            state.notifications.absent(NotificationId{*Uuid::from_bytes(id)});
        for (const auto& user : keys.of(preferences_table))
            state.preferences.absent(std::string(user));
        for (const auto& id : keys.of(preferences_table, by_notification))
            if (const auto* row = state.notifications.find(NotificationId{*Uuid::from_bytes(id)}))
                state.preferences.absent(row->content.user_id);
        for (const auto& id : keys.of(templates_table))
            state.templates.absent(TemplateId{*Uuid::from_bytes(id)});
        for (const auto& event : keys.of(templates_table, by_event))
            state.templates_of_event.absent(std::string(event));
    }
    void published(const Event& event) {
        const auto whose = identify(event);
        if (whose.published) versions[whose.aggregate_id].push_back(version_of(state, event));
    }
    std::uint64_t seed_ = 0;
};

CreateTemplate text_for(std::string event, NotificationType type = NotificationType::in_app) {
    return {{.event = std::move(event),
             .type = type,
             .name = "text",
             .subject = "Order {{orderNumber}}",
             .body = "It is about {{orderNumber}}."}};
}

Announce confirmed(std::uint64_t n = 1, TypeSet external = {}) {
    return {.event_id = event_id_of(n),
            .occurred_at = start,
            .event = "OrderConfirmed",
            .recipient = "customer1",
            .order_id = event_id_of(99),
            .fields = {{"orderNumber", "WB-20261123-7K3QZ9M2"}},
            .external = external};
}

Preferences wants_email() {
    return {.user_id = "customer1", .email = true, .email_address = "a@example.com"};
}

template <class T>
T only(const OutcomeOf<Event>& outcome) {
    return std::get<T>(std::get<std::vector<Event>>(outcome).at(0));
}
std::string_view reason(const OutcomeOf<Event>& outcome) {
    return std::get<Nothing>(outcome).reason;
}
Rejection rejection(const OutcomeOf<Event>& outcome) {
    return std::get<Rejection>(outcome);
}

TEST(Announcing, does_nothing_for_a_user_who_opted_out) {
    House house;
    house.run(text_for("OrderConfirmed"));
    house.run(PutPreferences{{.user_id = "customer1", .in_app = false}, {}});
    EXPECT_EQ(reason(house.run(confirmed())), "opted_out");
    EXPECT_TRUE(house.all().empty());
}

TEST(Announcing, does_nothing_without_an_enabled_template) {
    House house;
    EXPECT_EQ(reason(house.run(confirmed())), "no_template");
    auto disabled = text_for("OrderConfirmed");
    disabled.content.enabled = false;
    house.run(disabled);
    EXPECT_EQ(reason(house.run(confirmed())), "no_template");
}

TEST(Announcing, does_nothing_when_the_event_was_announced_before) {
    House house;
    house.run(text_for("OrderConfirmed"));
    house.run(confirmed());
    EXPECT_EQ(reason(house.run(confirmed())), "already_notified");
    EXPECT_EQ(house.all().size(), 1U);
}

TEST(Announcing, sends_one_in_app_notification_by_default) {
    House house;
    house.run(text_for("OrderConfirmed"));
    house.run(text_for("OrderConfirmed", NotificationType::email));
    const auto sent = only<NotificationSent>(house.run(confirmed()));
    EXPECT_EQ(sent.notification.content.subject, "Order WB-20261123-7K3QZ9M2");
    ASSERT_EQ(house.all().size(), 1U);
    const Notification row = house.all().front();
    EXPECT_EQ(row.status, Delivery::sent);
    EXPECT_EQ(row.content.type, NotificationType::in_app);
    EXPECT_EQ(row.event, "OrderConfirmed");
    EXPECT_EQ(row.version, 1);
    EXPECT_EQ(row.attempts, 1);
    EXPECT_EQ(row.sent_at, start);
}

TEST(Announcing, sends_an_email_too_when_it_is_wanted_and_the_address_is_known) {
    House house;
    house.run(text_for("OrderConfirmed"));
    house.run(text_for("OrderConfirmed", NotificationType::email));
    auto wanted = wants_email();
    wanted.email_address.reset();
    house.run(PutPreferences{wanted, {}});
    house.run(confirmed(1));
    EXPECT_EQ(house.all().size(), 1U);
    house.run(PutPreferences{wants_email(), {}});
    house.run(confirmed(2));
    EXPECT_EQ(house.all().size(), 3U);
}

TEST(Announcing, speaks_the_language_of_the_user_and_else_english) {
    House house;
    house.run(text_for("OrderConfirmed"));
    auto german = text_for("OrderConfirmed");
    german.content.locale = "de";
    german.content.subject = "Bestellung {{orderNumber}}";
    house.run(german);
    house.run(PutPreferences{{.user_id = "customer1", .locale = "de-AT"}, {}});
    EXPECT_EQ(only<NotificationSent>(house.run(confirmed(1))).notification.content.subject,
              "Bestellung WB-20261123-7K3QZ9M2");
    house.run(PutPreferences{{.user_id = "customer1", .locale = "fr"}, {}});
    EXPECT_EQ(only<NotificationSent>(house.run(confirmed(2))).notification.content.subject,
              "Order WB-20261123-7K3QZ9M2");
}

TEST(Requests, are_taken_once_and_respect_the_user) {
    House house;
    TakeRequest request{.event_id = event_id_of(7),
                        .occurred_at = start,
                        .content = {.user_id = "customer1",
                                    .type = NotificationType::sms,
                                    .subject = "Hello",
                                    .body = "World",
                                    .order_id = {}},
                        .external = {}};
    EXPECT_EQ(reason(house.run(request)), "opted_out");
    house.run(PutPreferences{{.user_id = "customer1", .sms = true, .phone = "+43123"}, {}});
    EXPECT_EQ(only<NotificationSent>(house.run(request)).notification.content.body, "World");
    EXPECT_EQ(reason(house.run(request)), "already_notified");
}

TEST(Posting, is_skipped_without_permission_or_address_and_can_be_sent_later) {
    House house;
    const PostNotification post{{.user_id = "customer1",
                                 .type = NotificationType::email,
                                 .subject = "s",
                                 .body = "b",
                                 .order_id = {}},
                                {}};
    const auto skipped = only<NotificationSkipped>(house.run(post));
    EXPECT_EQ(skipped.reason, "opted_out");
    const auto id = skipped.notification.notification_id;
    EXPECT_EQ(rejection(house.run(RetryNotification{id, {}, {}})).problem,
              Problem::illegal_transition);
    house.run(PutPreferences{wants_email(), {}});
    house.run(RetryNotification{id, {}, {}});
    EXPECT_EQ(house.all().front().status, Delivery::sent);
    EXPECT_EQ(house.all().front().version, 2);
    EXPECT_EQ(house.versions[id.value], std::vector<std::int64_t>{1});
    EXPECT_EQ(rejection(house.run(RetryNotification{id, {}, {}})).problem,
              Problem::illegal_transition);
}

TEST(Reading, is_for_the_recipient_and_holders_of_its_role_alone) {
    House house;
    house.run(text_for("OrderConfirmed"));
    auto alert = confirmed();
    alert.recipient = std::string(operators);
    house.run(alert);
    const auto id = house.all().front().id;
    EXPECT_EQ(rejection(house.run(MarkRead{id, {"customer1", {}}, {}})).problem,
              Problem::not_found);
    EXPECT_EQ(rejection(house.run(MarkRead{id, {"x", {"operator"}}, 7})).problem,
              Problem::version_mismatch);
    house.run(MarkRead{id, {"x", {"operator"}}, 1});
    EXPECT_EQ(house.all().front().read_at, start);
    EXPECT_EQ(house.all().front().version, 2);
    EXPECT_EQ(reason(house.run(MarkRead{id, {"x", {"operator"}}, {}})), "already_read");
}

TEST(Templates, refuse_broken_braces_unknown_fields_and_a_second_of_their_kind) {
    House house;
    auto broken = text_for("OrderConfirmed");
    broken.content.subject = "Order {{orderNumber";
    broken.content.body = "{{password}}";
    const auto refused = rejection(house.run(broken));
    ASSERT_EQ(refused.faults.size(), 2U);
    EXPECT_EQ(refused.faults[0].pointer, "/subject");
    EXPECT_EQ(refused.faults[1].pointer, "/body");
    EXPECT_EQ(rejection(house.run(text_for("NoSuchEvent"))).faults.at(0).pointer, "/event");
    house.run(text_for("OrderConfirmed"));
    EXPECT_EQ(rejection(house.run(text_for("OrderConfirmed"))).problem, Problem::validation_failed);
}

TEST(Templates, escape_what_is_filled_in_unless_told_otherwise) {
    const Fields fields{{"orderNumber", "<b>\"&'"}};
    EXPECT_EQ(render("{{ orderNumber }}", fields), "&lt;b&gt;&quot;&amp;&#39;");
    EXPECT_EQ(render("{{{orderNumber}}}!", fields), "<b>\"&'!");
    EXPECT_EQ(render("[{{absent}}]", fields), "[]");
    EXPECT_EQ(render("a { b } c", fields), "a { b } c");
}

TEST(Templates, change_under_their_version_and_every_change_is_an_operators_act) {
    House house;
    const auto made = only<TemplateChanged>(house.run(text_for("OrderConfirmed"))).after;
    auto content = text_for("OrderConfirmed").content;
    content.body = "New: {{orderNumber}}";
    EXPECT_EQ(rejection(house.run(UpdateTemplate{made.id, content, 9})).problem,
              Problem::version_mismatch);
    auto moved = content;
    moved.locale = "de";
    EXPECT_EQ(rejection(house.run(UpdateTemplate{made.id, moved, 1})).faults.at(0).pointer,
              "/locale");
    house.run(UpdateTemplate{made.id, content, 1});
    EXPECT_EQ(reason(house.run(UpdateTemplate{made.id, content, 2})), "unchanged");
    house.run(DeleteTemplate{made.id, 2});
    EXPECT_EQ(rejection(house.run(DeleteTemplate{made.id, {}})).problem, Problem::not_found);
    EXPECT_EQ(reason(house.run(confirmed())), "no_template");
    EXPECT_EQ(house.versions.size(), 3U);
}

TEST(Preferences, keep_their_version_until_they_change) {
    House house;
    EXPECT_EQ(rejection(house.run(PutPreferences{wants_email(), 2})).problem,
              Problem::version_mismatch);
    EXPECT_EQ(
        only<PreferencesChanged>(house.run(PutPreferences{wants_email(), 1})).preferences.version,
        2);
    EXPECT_EQ(reason(house.run(PutPreferences{wants_email(), 2})), "unchanged");
}

TEST(Delivery, climbs_the_ladder_and_dies) {
    House house;
    house.run(text_for("OrderConfirmed"));
    house.run(confirmed(1, {NotificationType::in_app}));
    const auto id = house.all().front().id;
    EXPECT_EQ(house.all().front().status, Delivery::queued);
    for (std::int64_t attempt = 1; attempt <= attempts_max; ++attempt) {
        house.run(ClaimDelivery{id, 30s});
        EXPECT_EQ(reason(house.run(ClaimDelivery{id, 30s})), "not_due");
        EXPECT_EQ(reason(house.run(RecordDelivery{id, attempt + 1})), "not_under_way");
        house.run(RecordDeliveryFailure{id, attempt, "refused"});
        EXPECT_EQ(reason(house.run(ClaimDelivery{id, 30s})), "not_due");
        house.now = house.now + 2h;
    }
    EXPECT_EQ(house.all().front().status, Delivery::dead);
    EXPECT_EQ(house.versions[id.value], (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6}));
}

TEST(Delivery, is_claimed_again_only_when_its_lease_has_run_out) {
    House house;
    house.run(text_for("OrderConfirmed"));
    house.run(confirmed(1, {NotificationType::in_app}));
    const auto id = house.all().front().id;
    house.run(ClaimDelivery{id, 30s});
    house.now = house.now + 31s;
    house.run(ClaimDelivery{id, 30s});
    EXPECT_EQ(reason(house.run(RecordDelivery{id, 1})), "not_under_way");
    house.run(RecordDelivery{id, 2});
    EXPECT_EQ(house.all().front().status, Delivery::sent);
}

Command any_command(const std::vector<Notification>& rows) {
    const auto n = *rc::gen::inRange<std::uint64_t>(1, 4);
    const TypeSet external = *rc::gen::element(TypeSet{}, TypeSet{NotificationType::email});
    const auto id = rows.empty() ? NotificationId{event_id_of(n)}
                                 : rows[*rc::gen::inRange<std::size_t>(0, rows.size())].id;
    const auto attempt = *rc::gen::inRange<std::int64_t>(1, 4);
    switch (*rc::gen::inRange(0, 9)) {
        case 0:
            return confirmed(n, external);
        case 1:
            return PutPreferences{wants_email(), {}};
        case 2:
            return PutPreferences{{.user_id = "customer1"}, {}};
        case 3:
            return ClaimDelivery{id, 10s};
        case 4:
            return RecordDelivery{id, attempt};
        case 5:
            return RecordDeliveryFailure{id, attempt, "refused"};
        case 6:
            return RetryNotification{id, {}, external};
        case 7:
            return MarkRead{id, {"customer1", {}}, {}};
        default:
            return PostNotification{{.user_id = "customer1",
                                     .type = NotificationType::email,
                                     .subject = "s",
                                     .body = "b",
                                     .order_id = {}},
                                    external};
    }
}

bool legal(Delivery from, Delivery to) {
    using enum Delivery;
    static const std::set<std::pair<Delivery, Delivery>> moves = {
        {queued, sending}, {sending, sending}, {sending, sent},   {sending, failed},
        {sending, dead},   {failed, sending},  {failed, queued},  {failed, sent},
        {dead, queued},    {dead, sent},       {skipped, queued}, {skipped, sent}};
    return from == to || moves.contains({from, to});
}

RC_GTEST_PROP(History, never_notifies_twice_moves_only_legally_and_counts_every_change, ()) {
    House house;
    house.run(text_for("OrderConfirmed"));
    house.run(text_for("OrderConfirmed", NotificationType::email));
    std::map<NotificationId, Notification> before;
    for (int step = *rc::gen::inRange(1, 60); step > 0; --step) {
        house.now = house.now + Duration(*rc::gen::inRange(0, 20) * 1'000'000);
        const bool changed =
            std::holds_alternative<std::vector<Event>>(house.run(any_command(house.all())));
        std::int64_t steps = 0;
        for (const auto& row : house.all()) {
            const auto old = before.find(row.id);
            if (old != before.end()) RC_ASSERT(legal(old->second.status, row.status));
            steps += row.version - (old != before.end() ? old->second.version : 0);
            RC_ASSERT(row.attempts <= attempts_max);
            before[row.id] = row;
        }
        RC_ASSERT(changed || steps == 0);
    }
    for (std::uint64_t n = 1; n < 4; ++n) {
        std::set<NotificationType> types;
        for (unsigned rank = 0; rank < 4; ++rank) {
            const auto made =
                before.find(notification_id(event_id_of(n), start, "customer1", rank));
            if (made == before.end()) continue;
            RC_ASSERT(types.insert(made->second.content.type).second);
        }
    }
    for (const auto& [id, versions] : house.versions)
        for (std::size_t i = 0; i < versions.size(); ++i)
            RC_ASSERT(versions[i] == static_cast<std::int64_t>(i) + 1);
}

}  // namespace
}  // namespace waybill::notifications
