#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/journey_view.hpp"

namespace waybill::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view journey_json = R"({
 "orderId":"0193a000-0000-7000-8000-000000000001","orderNumber":"WB-20261123-7K3QZ9M2",
 "customerId":"customer1","status":"Confirmed","correlationId":"c1",
 "traceIds":["4bf92f3577b34da6a3ce929d0e0e4736"],
 "steps":[
  {"at":"2026-11-23T10:00:00.000000Z","sinceStartMs":0,"service":"orders","type":"OrderCreated",
   "eventId":"e1","causationId":"x","summary":"Order WB was placed",
   "data":{"items":[{"sku":"LAP-15","quantity":2}],"totalAmount":"2599.98","currency":"USD"}},
  {"at":"2026-11-23T10:00:00.002000Z","sinceStartMs":2,"service":"inventory",
   "type":"InventoryReserved","eventId":"e2","causationId":"e1","summary":"reserved",
   "data":{"lines":[{"sku":"LAP-15","quantity":2},{"sku":"MON-27","quantity":1}]}},
  {"at":"2026-11-23T10:00:00.004000Z","sinceStartMs":4,"service":"orders","type":"OrderConfirmed",
   "eventId":"e3","causationId":"e2","summary":"Order WB-20261123-7K3QZ9M2 was confirmed",
   "data":{}},
  {"at":"2026-11-23T10:00:00.008000Z","sinceStartMs":8,"service":"notifications",
   "type":"NotificationSent","eventId":"e4","causationId":"e3","summary":"sent",
   "data":{"type":"InApp","subject":"Order WB confirmed"}}],
 "stockMovements":[{"kind":"reserve"},{"kind":"reserve"}],
 "notifications":[{"status":"Sent"}],
 "startedAt":"2026-11-23T10:00:00.000000Z","settledAt":"2026-11-23T10:00:00.004000Z",
 "durationMs":4})";

JourneyView journey() {
    auto read = read_journey(journey_json);
    EXPECT_TRUE(read);
    return read ? *read : JourneyView();
}

std::string line_with(const std::vector<std::string>& lines, std::string_view text) {
    for (const auto& line : lines)
        if (line.find(text) != std::string::npos) return line;
    return {};
}

TEST(JourneyView, refuses_what_is_no_journey) {
    EXPECT_FALSE(read_journey("{"));
    EXPECT_FALSE(read_journey("{}"));
    EXPECT_FALSE(read_journey(R"({"steps":[]})"));
}

TEST(JourneyView, reads_offsets_exactly_and_what_each_step_did) {
    const auto view = journey();
    ASSERT_EQ(view.steps.size(), 4U);
    EXPECT_EQ(view.steps[1].since_start_us, 2'000);
    EXPECT_EQ(view.steps[1].detail, "reserve 2 × LAP-15, 1 × MON-27");
    EXPECT_EQ(view.steps[3].detail, "InApp: Order WB confirmed");
    EXPECT_EQ(view.steps[0].detail, "2 × LAP-15, 2599.98 USD");
    EXPECT_EQ(view.steps[2].detail, "was confirmed");
    EXPECT_EQ(view.stock_movements, 2U);
}

TEST(JourneyView, is_complete_when_settled_and_notified) {
    auto view = journey();
    EXPECT_TRUE(is_complete(view));
    view.notifications = 0;
    EXPECT_FALSE(is_complete(view));
    view.notifications = 1;
    view.status = "Pending";
    EXPECT_FALSE(is_complete(view));
}

TEST(JourneyView, takes_audit_records_by_event_and_leaves_others) {
    auto view = journey();
    add_audit_records(view,
                      R"({"items":[{"seq":42,"eventId":"e2"},{"seq":43,"eventId":"other"}]})");
    EXPECT_EQ(view.steps[1].audit_seq, 42);
    EXPECT_FALSE(view.steps[0].audit_seq);
}

TEST(Timeline, shows_every_step_with_its_offset_service_and_effect) {
    auto view = journey();
    add_audit_records(view, R"({"items":[{"seq":42,"eventId":"e2"}]})");
    const auto lines = draw_timeline(view, {.colours = false, .width = 140});
    EXPECT_THAT(lines.front(), HasSubstr("WB-20261123-7K3QZ9M2 is Confirmed"));
    const auto reserved = line_with(lines, "InventoryReserved");
    EXPECT_THAT(reserved, HasSubstr("2.0"));
    EXPECT_THAT(reserved, HasSubstr("inventory"));
    EXPECT_THAT(reserved, HasSubstr("2 × LAP-15"));
    EXPECT_THAT(reserved, HasSubstr("#42"));
    EXPECT_THAT(line_with(lines, "NotificationSent"), HasSubstr("8.0"));
    EXPECT_THAT(line_with(lines, "in all"), HasSubstr("8.0 ms in all: 4 events, 2 stock movements, "
                                                      "1 notification, 1 audit record"));
    EXPECT_THAT(lines.back(), HasSubstr("4bf92f3577b34da6a3ce929d0e0e4736"));
}

TEST(Timeline, a_bar_runs_from_the_cause_to_the_moment) {
    const auto lines = draw_timeline(journey(), {.colours = false, .width = 100});
    const auto bar_of = [&](std::string_view type) {
        const auto line = line_with(lines, type);
        const auto from = line.find("│ ") + std::string_view("│ ").size();
        return line.substr(from, line.find(" │", from) - from);
    };
    EXPECT_TRUE(bar_of("OrderCreated").starts_with("●"));
    EXPECT_TRUE(bar_of("InventoryReserved").starts_with("━"));
    EXPECT_TRUE(bar_of("OrderConfirmed").starts_with(" "));
    EXPECT_TRUE(bar_of("NotificationSent").ends_with("●"));
}

TEST(Timeline, stays_within_the_width_of_the_terminal) {
    auto view = journey();
    view.steps[0].detail = std::string(500, 'x');
    for (const std::size_t width : {100U, 120U, 160U})
        for (const auto& line : draw_timeline(view, {.colours = false, .width = width}))
            EXPECT_LE(columns_of(line), width) << line;
}

TEST(Timeline, has_control_sequences_only_with_colours) {
    for (const auto& line : draw_timeline(journey(), {.colours = false, .width = 100}))
        EXPECT_THAT(line, Not(HasSubstr("\x1b")));
    EXPECT_THAT(draw_timeline(journey(), {.colours = true, .width = 100}).front(),
                HasSubstr("\x1b[1m"));
}

TEST(Timeline, draws_an_order_without_any_step) {
    JourneyView empty;
    empty.order_number = "WB-1";
    empty.status = "Pending";
    EXPECT_THAT(draw_timeline(empty, {}).front(), HasSubstr("WB-1 is Pending"));
}

}  // namespace
}  // namespace waybill::app
