#include "services/orders/domain_testing.hpp"

namespace waybill::orders {
namespace {

using namespace testing;

constexpr std::string_view no_move = "409";

struct Legality {
    Status from;
    std::string_view confirm, cancel, ship, reserved, failed, deadline;
};

/// What each command does to a manual order in each state, its deadline long past.
constexpr Legality table[] = {
    {Status::pending, no_move, "OrderCancelled", no_move, "OrderReserved", "OrderCancelled",
     "OrderCancelled"},
    {Status::reserved, "OrderConfirmed", "OrderCancelled", no_move, "already_reserved",
     "already_reserved", "OrderCancelled"},
    {Status::confirmed, "already_confirmed", "OrderCancelled", "OrderShipped", "already_reserved",
     "already_reserved", "no_longer_waiting"},
    {Status::shipped, no_move, no_move, "already_shipped", "already_reserved", "already_reserved",
     "no_longer_waiting"},
    {Status::cancelled, no_move, "already_cancelled", no_move, "already_cancelled",
     "already_cancelled", "no_longer_waiting"},
};

class Moving : public ::testing::Test {
 protected:
    Moving() { world.stock(product(1, "PEN", 150)); }

    OrderId manual_order() {
        auto command = order_of({item("PEN", 2)});
        command.confirmation = Confirmation::manual;
        return world.place(command);
    }
    /// A manual order in the given state.
    OrderId order_in(Status status) {
        const OrderId id = manual_order();
        if (status == Status::cancelled) world.submit(CancelOrder{id, {}, {}, {}});
        if (status == Status::reserved || status == Status::confirmed || status == Status::shipped)
            world.submit(RecordReservation{id, {}});
        if (status == Status::confirmed || status == Status::shipped)
            world.submit(ConfirmOrder{id, {}});
        if (status == Status::shipped) world.submit(ShipOrder{id, "T-1", {}, {}});
        EXPECT_EQ(world.order(id).status, status);
        return id;
    }
    /// In one word: the events' types, the reason of nothing, or 409 naming the current state.
    std::string told(const Command& command, Status from) {
        const auto outcome = world.submit(command);
        if (const auto* rejected = rejection(outcome)) {
            EXPECT_EQ(rejected->problem, Problem::illegal_transition);
            EXPECT_EQ(rejected->members.size(), 1U);
            EXPECT_EQ(rejected->members[0].first, "currentStatus");
            EXPECT_EQ(std::get<std::string>(rejected->members[0].second), word_of(from));
            return std::string(no_move);
        }
        const std::string events = types(outcome);
        return events.empty() ? std::string(nothing(outcome)) : events;
    }
    World world;
};

TEST_F(Moving, every_command_does_in_every_state_what_the_table_says) {
    for (const Legality& row : table) {
        SCOPED_TRACE(word_of(row.from));
        world.now = noon;
        EXPECT_EQ(told(ConfirmOrder{order_in(row.from), {}}, row.from), row.confirm);
        EXPECT_EQ(told(CancelOrder{order_in(row.from), {}, {}, {}}, row.from), row.cancel);
        EXPECT_EQ(told(ShipOrder{order_in(row.from), "T-1", {}, {}}, row.from), row.ship);
        EXPECT_EQ(told(RecordReservation{order_in(row.from), {}}, row.from), row.reserved);
        EXPECT_EQ(told(RecordReservationFailure{order_in(row.from)}, row.from), row.failed);
        const OrderId id = order_in(row.from);
        world.now = noon + std::chrono::hours(48);
        EXPECT_EQ(told(PassDeadline{id}, row.from), row.deadline);
    }
}

TEST_F(Moving, shipping_again_with_another_tracking_number_is_refused) {
    const OrderId id = order_in(Status::shipped);
    EXPECT_EQ(told(ShipOrder{id, "T-2", {}, {}}, Status::shipped), no_move);
}

TEST_F(Moving, an_order_that_is_not_there_is_not_found) {
    const OrderId id{Uuid::v7(noon, 99)};
    for (const Command& command :
         {Command(ConfirmOrder{id, {}}), Command(CancelOrder{id, {}, {}, {}}),
          Command(ShipOrder{id, "T", {}, {}})}) {
        const auto outcome = world.submit(command);
        ASSERT_TRUE(rejection(outcome));
        EXPECT_EQ(rejection(outcome)->problem, Problem::not_found);
    }
    for (const Command& command :
         {Command(RecordReservation{id, {}}), Command(RecordReservationFailure{id}),
          Command(PassDeadline{id})})
        EXPECT_EQ(nothing(world.submit(command)), "unknown_order");
}

TEST_F(Moving, another_customers_order_is_not_found) {
    const OrderId id = order_in(Status::reserved);
    const auto outcome = world.submit(CancelOrder{id, {}, {}, {.owner = "customer2"}});
    ASSERT_TRUE(rejection(outcome));
    EXPECT_EQ(rejection(outcome)->problem, Problem::not_found);
    EXPECT_EQ(types(world.submit(CancelOrder{id, {}, {}, {.owner = "customer1"}})),
              "OrderCancelled");
}

TEST_F(Moving, a_version_that_is_not_the_current_one_is_refused_with_the_current_one) {
    const OrderId id = order_in(Status::reserved);
    const auto outcome = world.submit(ConfirmOrder{id, {.expected_version = 1}});
    ASSERT_TRUE(rejection(outcome));
    EXPECT_EQ(rejection(outcome)->problem, Problem::version_mismatch);
    EXPECT_EQ(std::get<std::int64_t>(rejection(outcome)->members.at(0).second), 2);
    EXPECT_EQ(types(world.submit(ConfirmOrder{id, {.expected_version = 2}})), "OrderConfirmed");
}

TEST_F(Moving, a_cancel_reason_that_is_not_the_callers_to_give_is_refused) {
    const OrderId id = manual_order();
    const Asked person{.owner = "customer1"};
    const Asked staff{.by_operator = true};
    for (const auto& word : names(Type<CancelReason>{})) {
        const bool own = word.value == CancelReason::customer_request;
        const bool operators = own || word.value == CancelReason::by_operator ||
                               word.value == CancelReason::payment_declined;
        for (const Asked& asked : {person, staff}) {
            World copy = world;
            const auto outcome = copy.submit(CancelOrder{id, word.value, "why", asked});
            if (asked.by_operator ? operators : own) {
                EXPECT_EQ(types(outcome), "OrderCancelled") << word.text;
                EXPECT_EQ(copy.order(id).cancellation_reason, word.value);
                EXPECT_EQ(copy.order(id).cancellation_note, "why");
            } else {
                ASSERT_TRUE(rejection(outcome)) << word.text;
                EXPECT_EQ(rejection(outcome)->faults.at(0).pointer, "/reason");
            }
        }
    }
}

TEST_F(Moving, an_automatic_order_is_confirmed_in_the_decision_that_records_the_reservation) {
    const OrderId id = world.place(order_of({item("PEN", 1)}));
    EXPECT_EQ(types(world.submit(RecordReservation{id, {}})), "OrderReserved OrderConfirmed");
    EXPECT_EQ(world.order(id).version, 3);
    EXPECT_EQ(world.order(id).reserved_at, noon);
    EXPECT_EQ(world.order(id).confirmed_at, noon);
    EXPECT_FALSE(world.order(id).deadline_at);
}

TEST_F(Moving, the_manual_deadline_runs_from_the_reservation) {
    const OrderId id = manual_order();
    world.now = noon + std::chrono::hours(3);
    world.submit(RecordReservation{id, {}});
    EXPECT_EQ(world.order(id).deadline_at, world.now + std::chrono::minutes(15));
    world.now = world.now + std::chrono::minutes(15) - Duration(1);
    EXPECT_EQ(nothing(world.submit(PassDeadline{id})), "not_yet_due");
    world.now = world.now + Duration(1);
    EXPECT_EQ(types(world.submit(PassDeadline{id})), "OrderCancelled");
    EXPECT_EQ(world.order(id).cancellation_reason, CancelReason::confirmation_timeout);
}

TEST_F(Moving, an_order_that_hangs_for_a_day_is_cancelled) {
    const OrderId id = manual_order();
    world.now = noon + std::chrono::hours(24);
    world.submit(PassDeadline{id});
    EXPECT_EQ(world.order(id).cancellation_reason, CancelReason::reservation_timeout);
}

TEST_F(Moving, the_events_that_end_an_order_carry_its_lines) {
    const OrderId id = order_in(Status::confirmed);
    const std::vector<LineQuantity> lines{{product_id(1), 2}};
    const auto shipped = world.submit(ShipOrder{id, "T-1", "UPS", {}});
    EXPECT_EQ(std::get<OrderShipped>(std::get<std::vector<Event>>(shipped).at(0)).lines, lines);
    EXPECT_EQ(world.order(id).carrier, "UPS");
    const auto cancelled = world.submit(CancelOrder{manual_order(), {}, {}, {}});
    EXPECT_EQ(std::get<OrderCancelled>(std::get<std::vector<Event>>(cancelled).at(0)).lines, lines);
}

}  // namespace
}  // namespace waybill::orders
