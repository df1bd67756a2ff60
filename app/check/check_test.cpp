#include <gmock/gmock.h>

#include "app/check/check_testing.hpp"

namespace waybill::check {
namespace {

using testing::CheckTest;
using ::testing::HasSubstr;

TEST_F(CheckTest, a_sound_world_holds_in_all_invariants) {
    const Report report = world_.judge();
    EXPECT_TRUE(report.held()) << text_of(report);
    for (const Verdict& verdict : report.verdicts) {
        EXPECT_EQ(verdict.outcome, Verdict::Outcome::held) << code_of(verdict.invariant);
        if (verdict.invariant != Invariant::outbox)
            EXPECT_GT(verdict.examined, 0U) << code_of(verdict.invariant);
    }
    EXPECT_EQ(report.of(Invariant::no_loss).examined, 5U);
    EXPECT_EQ(report.of(Invariant::stock).examined, 2U);
}

TEST_F(CheckTest, pages_of_any_size_give_the_same_verdicts) {
    const std::string whole = json_of(world_.judge());
    for (const std::size_t rows : {1, 2, 3, 7})
        EXPECT_EQ(json_of(world_.judge({.page_rows = rows})), whole);
}

/// One way to break the books, and what shows it.
struct Tampering {
    std::string name;
    Service service;
    std::string statement;  ///< CONFIRMED, SHIPPED, … stand for orders' ids as blobs
    std::string broken;     ///< the codes, in order
    Invariant invariant;    ///< whose first breach …
    std::string object;     ///< … names this object
    std::string text;       ///< … and says this
};

void PrintTo(const Tampering& tampering, std::ostream* out) {
    *out << tampering.name;
}

class Tampered : public CheckTest, public ::testing::WithParamInterface<Tampering> {
 protected:
    std::string filled(std::string text) const {
        const std::pair<std::string, std::string> names[] = {{"CONFIRMED", confirmed_},
                                                             {"CANCELLED", cancelled_},
                                                             {"SHIPPED", shipped_},
                                                             {"WAITING", waiting_},
                                                             {"PEN_ID", pen_}};
        for (const auto& [name, id] : names)
            for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
                text.replace(at, name.size(), blob(id));
        return text;
    }
    std::string named(std::string text) const {
        if (text == "CONFIRMED") return confirmed_;
        if (text == "SHIPPED") return shipped_;
        if (text == "CANCELLED") return cancelled_;
        if (text == "WAITING") return waiting_;
        return text;
    }
};

TEST_P(Tampered, books_are_caught_and_the_object_is_named) {
    const Tampering& tampering = GetParam();
    if (tampering.service == Service::audit) world_.unlock_audit();
    world_.change(tampering.service, filled(tampering.statement));
    const Report report = world_.judge();
    EXPECT_EQ(broken(report), tampering.broken) << text_of(report);
    const Verdict& verdict = report.of(tampering.invariant);
    ASSERT_FALSE(verdict.breaches.empty()) << text_of(report);
    EXPECT_THAT(verdict.breaches.front().object, HasSubstr(named(tampering.object)));
    EXPECT_THAT(verdict.breaches.front().text, HasSubstr(tampering.text));
}

using enum Service;
using I = Invariant;
const Tampering all_tamperings[] = {
    {"more reserved than lines hold", inventory,
     "update products set reserved_quantity = reserved_quantity + 1 where sku = 'PEN'", "I1",
     I::stock, "(PEN)", "4 reserved, active lines hold 3"},
    {"oversold", inventory, "update products set quantity = 1 where sku = 'PEN'", "I1", I::stock,
     "(PEN)", "3 reserved of 1"},
    {"a receipt that the ledger lacks", inventory,
     "delete from stock_movements where kind = 'adjust'", "I1", I::stock, "(PEN)",
     "by the ledger 20 received and adjusted"},
    {"an adjustment that no event told of", inventory,
     "delete from events where type = 'InventoryAdjusted'", "I1 I9a", I::stock, "(PEN)",
     "25 received and adjusted by the ledger, 20 by the events"},
    {"a double release", inventory,
     "insert into stock_movements select product_id, revision + 1000, "
     "x'0198000000007000800000000000abcd', kind, quantity, order_id, reason, reference, "
     "quantity_after, reserved_after, actor_subject, actor_client, at from stock_movements where "
     "kind = 'release' and product_id = PEN_ID",
     "I1 I4", I::once, "(PEN)", "stands 2 times in the ledger"},
    {"an order that is gone", orders, "delete from orders where id = CONFIRMED", "I2 I3 I18",
     I::no_loss, "CONFIRMED", "of an order that is not there"},
    {"an order without its lines", orders, "delete from order_items where order_id = CONFIRMED",
     "I2 I5 I18", I::no_loss, "CONFIRMED", "has no lines"},
    {"half an order", orders, "delete from order_items where order_id = CONFIRMED and position = 1",
     "I2 I5 I18", I::no_loss, "CONFIRMED", "has other lines"},
    {"an order that nobody told of", orders, "delete from events where aggregate_id = CONFIRMED",
     "I2 I5 I9a", I::no_loss, "CONFIRMED", "has 0 OrderCreated"},
    {"a creation told of otherwise", orders,
     "update orders set customer_id = 'mallory' where id = CONFIRMED", "I2", I::no_loss,
     "CONFIRMED", "says otherwise"},
    {"a key that stands elsewhere", orders,
     "update idempotency set idempotency_key = 'other' where aggregate_id = CONFIRMED", "I3",
     I::idempotency, "key other of op", "not looked up"},
    {"a failure that was kept", orders,
     "update idempotency set status = 503 where aggregate_id = CONFIRMED", "I3", I::idempotency,
     "key key-1 of op", "keeps the answer 503"},
    {"an answer from the future", orders,
     "update idempotency set aggregate_version = 9 where aggregate_id = CONFIRMED", "I3",
     I::idempotency, "key key-1 of op", "version 9"},
    {"a message that was never taken", inventory,
     "delete from inbox where message_id in (select causation_id from events where type = "
     "'InventoryShipped')",
     "I4", I::once, "OrderShipped", "inventory never took it"},
    {"a shipped order that is cancelled", orders,
     "update orders set status = 'Cancelled' where id = SHIPPED", "I5 I6", I::states, "SHIPPED",
     "is Cancelled, by its events Shipped"},
    {"a move out of nowhere", orders,
     "update events set type = 'OrderShipped' where aggregate_id = WAITING and "
     "aggregate_version = 2",
     "I4 I5 I9a", I::states, "WAITING", "OrderShipped while Pending"},
    {"a missing version", orders,
     "delete from events where aggregate_id = SHIPPED and aggregate_version = 2", "I5 I9a",
     I::states, "SHIPPED", "version 2 of its events is missing"},
    {"a wrong total", orders, "update orders set total_amount = 1 where id = CONFIRMED", "I2 I5",
     I::states, "CONFIRMED", "total 1 minor units"},
    {"a line that costs nothing", orders,
     "update order_items set line_total = 0 where order_id = CONFIRMED and position = 0", "I2 I5",
     I::states, "CONFIRMED", "costs 0"},
    {"a version that no event made", orders, "update orders set version = 8 where id = CONFIRMED",
     "I5", I::states, "CONFIRMED", "has version 8 and 3 events"},
    {"stock held for a cancelled order", inventory,
     "update reservation_lines set status = 'Active' where reservation_id = (select id from "
     "reservations where order_id = CANCELLED)",
     "I1 I4 I6", I::saga, "CANCELLED", "is Cancelled, its reservation"},
    {"a confirmed order without stock", inventory,
     "delete from reservations where order_id = CONFIRMED", "I4 I6 I18", I::saga, "CONFIRMED",
     "it has no reservation"},
    {"an outbox row without an event", orders,
     "insert into outbox values (999, 0, 'order', CONFIRMED, 9, CONFIRMED, 0, 0)", "I7", I::outbox,
     "outbox row 999 of orders", "no event behind it"},
    {"a message with another id", orders,
     "insert into outbox select seq, 0, aggregate_type, aggregate_id, aggregate_version, "
     "CONFIRMED, 0, 0 from events where seq = 1",
     "I7", I::outbox, "outbox row 1 of orders", "not that of its event"},
    {"something left to deliver", orders,
     "insert into outbox select seq, 0, aggregate_type, aggregate_id, aggregate_version, event_id, "
     "0, 0 from events where seq = 1",
     "I7", I::outbox, "outbox row 1 of orders", "was not delivered"},
    {"a catalogue that was left behind", orders, "update catalog set version = 0 where sku = 'PEN'",
     "I8", I::order, "(PEN)", "left at version 0 of 1"},
    {"a catalogue ahead of the product", orders, "update catalog set version = 5 where sku = 'PEN'",
     "I8", I::order, "(PEN)", "orders know version 5"},
    {"a catalogue with another price", orders, "update catalog set price = 1 where sku = 'PEN'",
     "I8", I::order, "(PEN)", "with other words"},
    {"an event that the audit lost", audit, "delete from event_store where type = 'OrderShipped'",
     "I9a", I::audit, "SHIPPED", "OrderShipped is not in the audit"},
    {"a gap in the audit", audit,
     "delete from event_store where stream_id = SHIPPED and version = 2", "I8 I9a", I::order,
     "SHIPPED", "applied version 3 without 2"},
    {"a creation that the audit lost", audit,
     "delete from event_store where stream_id = WAITING and version = 1", "I2 I8 I9a", I::no_loss,
     "WAITING", "not in the audit"},
    {"an event that nobody published", audit,
     "update event_store set version = 9 where stream_id = SHIPPED and version = 4", "I8 I9a",
     I::audit, "SHIPPED", "not in the audit"},
    {"an event with other words", audit,
     "update event_store set data = '{}' where stream_id = SHIPPED and version = 4", "I9a",
     I::audit, "SHIPPED", "with other words"},
    {"another event in its place", audit,
     "update event_store set event_id = SHIPPED where stream_id = SHIPPED and version = 4", "I9a",
     I::audit, "SHIPPED", "another event"},
    {"a line for more than was ordered", inventory,
     "update reservation_lines set quantity = 9 where reservation_id = (select id from "
     "reservations where order_id = CONFIRMED) and product_id = PEN_ID",
     "I1 I4 I18", I::books, "CONFIRMED", "differ"},
    {"a reservation for nobody", inventory,
     "insert into reservations values (x'00000000000070008000000000000001', "
     "x'00000000000070008000000000000002', 'Reserved', 1, 0, null)",
     "I18", I::books, "reservation 00000000", "which is not there"},
};

INSTANTIATE_TEST_SUITE_P(All, Tampered, ::testing::ValuesIn(all_tamperings), [](const auto& info) {
    std::string name = info.param.name;
    std::ranges::replace(name, ' ', '_');
    return name;
});

TEST_F(CheckTest, at_work_what_is_on_its_way_is_allowed_for) {
    const std::string placed = world_.place(2);
    world_.change(Service::orders,
                  "insert into outbox select seq, 0, aggregate_type, aggregate_id, "
                  "aggregate_version, event_id, 0, 0 from events where aggregate_id = " +
                      blob(placed));
    const Horizon horizon = world_.look();
    const Report live = world_.judge({.horizon = &horizon});
    EXPECT_EQ(broken(live), "") << text_of(live);
    EXPECT_TRUE(live.live);
    EXPECT_EQ(live.of(Invariant::saga).outcome, Verdict::Outcome::not_judged);
    EXPECT_EQ(live.of(Invariant::books).outcome, Verdict::Outcome::not_judged);

    const Report resting = world_.judge();
    EXPECT_EQ(broken(resting), "I2 I4 I6 I7 I9a") << text_of(resting);
    EXPECT_THAT(resting.of(Invariant::saga).breaches.front().object, HasSubstr(placed));
}

TEST_F(CheckTest, at_work_what_was_lost_before_the_horizon_is_caught) {
    world_.place(2);
    const Horizon horizon = world_.look();
    EXPECT_EQ(broken(world_.judge({.horizon = &horizon})), "I2 I4 I9a");
}

TEST_F(CheckTest, rest_is_told_from_a_pause) {
    const Horizon before = world_.look();
    EXPECT_TRUE(world_.look().quiet_since(before));
    world_.place(2);
    EXPECT_FALSE(world_.look().quiet_since(before));
    world_.deliver_all();
    EXPECT_FALSE(world_.look().quiet_since(before));
    EXPECT_TRUE(world_.look().quiet_since(world_.look()));
}

TEST_F(CheckTest, a_message_held_aside_is_known_to_be_missing) {
    world_.change(Service::orders,
                  "update orders set status = 'Pending', version = 1, reserved_at = null where id "
                  "= " +
                      blob(waiting_));
    world_.change(Service::orders, "delete from events where aggregate_id = " + blob(waiting_) +
                                       " and aggregate_version = 2");
    world_.unlock_audit();
    world_.change(Service::audit, "delete from event_store where stream_id = " + blob(waiting_) +
                                      " and version = 2");
    EXPECT_EQ(broken(world_.judge()), "I6");
    world_.change(Service::orders,
                  "insert into deliveries values (1, 'orders', x'00', 'InventoryReserved', "
                  "'orders', 'order/" +
                      waiting_ +
                      "', 1, 5, 0, 'dead', 'handler_failed', '', 0, 0, '{}', '{}', null, null, "
                      "null, null)");
    const Report report = world_.judge();
    EXPECT_EQ(broken(report), "") << text_of(report);
    EXPECT_THAT(report.of(Invariant::saga).note, HasSubstr("1 orders with a message held aside"));
}

TEST_F(CheckTest, only_the_first_breaches_are_shown_and_all_are_counted) {
    world_.change(Service::orders, "update orders set total_amount = 1");
    const Report report = world_.judge({.breaches_max = 2});
    EXPECT_EQ(report.of(Invariant::states).breaches.size(), 2U);
    EXPECT_EQ(report.of(Invariant::states).breach_count, 5U);
    EXPECT_THAT(text_of(report), HasSubstr("and 3 more"));
}

}  // namespace
}  // namespace waybill::check
