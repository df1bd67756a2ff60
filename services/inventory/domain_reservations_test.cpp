#include "services/inventory/domain_testing.hpp"

namespace waybill::inventory {
namespace {

using namespace testing;

class Reservations : public ::testing::Test {
 protected:
    World world;
    ProductId pen = world.create(creation("PEN", 10));
    ProductId ink = world.create(creation("INK", 3));

    const InventoryReservationFailed& failed(const OutcomeOf<Event>& outcome) {
        return std::get<InventoryReservationFailed>(std::get<std::vector<Event>>(outcome).at(0));
    }
};

TEST_F(Reservations, are_all_or_nothing_and_list_every_short_line) {
    const ProductId cap = world.create(creation("CAP", 0));
    const auto outcome = world.submit(ReserveStock{order_id(1), {{pen, 2}, {ink, 4}, {cap, 1}}});
    EXPECT_EQ(types(outcome), "InventoryReservationFailed");
    EXPECT_EQ(failed(outcome).reason, FailureReason::out_of_stock);
    ASSERT_EQ(failed(outcome).lines.size(), 2U);
    EXPECT_EQ(failed(outcome).lines[0].product_id, ink);
    EXPECT_EQ(failed(outcome).lines[0].requested, 4);
    EXPECT_EQ(failed(outcome).lines[0].available, 3);
    EXPECT_EQ(failed(outcome).lines[1].product_id, cap);
    EXPECT_EQ(world.product(pen).reserved_quantity, 0);
    EXPECT_EQ(world.reservation(order_id(1)).status, ReservationStatus::failed);
    EXPECT_EQ(world.reservation(order_id(1)).version, 1);
}

TEST_F(Reservations, of_a_product_that_is_unknown_or_deleted_fail_for_that_reason) {
    world.submit(DeleteProduct{ink, {}});
    const ProductId unknown{Uuid::v7(noon, 1)};
    const auto outcome =
        world.submit(ReserveStock{order_id(1), {{pen, 1}, {ink, 1}, {unknown, 1}}});
    EXPECT_EQ(failed(outcome).reason, FailureReason::unknown_product);
    EXPECT_EQ(failed(outcome).lines.size(), 2U);
}

TEST_F(Reservations, merge_duplicate_products) {
    const auto outcome = world.submit(ReserveStock{order_id(1), {{ink, 2}, {pen, 1}, {ink, 2}}});
    ASSERT_EQ(types(outcome), "InventoryReservationFailed");
    EXPECT_EQ(failed(outcome).lines.at(0).requested, 4);
    EXPECT_EQ(types(world.submit(ReserveStock{order_id(2), {{ink, 2}, {pen, 1}, {ink, 1}}})),
              "InventoryReserved");
    EXPECT_EQ(world.product(ink).reserved_quantity, 3);
    EXPECT_EQ(world.reservation(order_id(2)).lines.size(), 2U);
}

TEST_F(Reservations, happen_once_for_an_order) {
    EXPECT_EQ(types(world.submit(ReserveStock{order_id(1), {{pen, 2}}})), "InventoryReserved");
    EXPECT_EQ(nothing(world.submit(ReserveStock{order_id(1), {{pen, 2}}})), "already_reserved");
    EXPECT_EQ(world.product(pen).reserved_quantity, 2);
}

TEST_F(Reservations, are_released_once_and_need_no_stock) {
    world.submit(ReserveStock{order_id(1), {{pen, 10}}});
    EXPECT_EQ(types(world.submit(ReleaseStock{order_id(1), {{pen, 10}}})), "InventoryReleased");
    EXPECT_EQ(nothing(world.submit(ReleaseStock{order_id(1), {{pen, 10}}})), "already_released");
    EXPECT_EQ(world.product(pen).reserved_quantity, 0);
    EXPECT_EQ(world.product(pen).quantity, 10);
    EXPECT_EQ(world.reservation(order_id(1)).lines.at(0).status, LineStatus::released);
    EXPECT_EQ(world.reservation(order_id(1)).released_at, noon);
}

TEST_F(Reservations, that_come_after_their_cancel_are_refused) {
    EXPECT_EQ(types(world.submit(ReleaseStock{order_id(1), {{pen, 1}}})), "ReservationRefused");
    EXPECT_EQ(nothing(world.submit(ReserveStock{order_id(1), {{pen, 1}}})), "cancelled_before");
    EXPECT_EQ(world.product(pen).reserved_quantity, 0);
    EXPECT_EQ(world.reservation(order_id(1)).version, 0);
}

TEST_F(Reservations, that_failed_have_nothing_to_release) {
    world.submit(ReserveStock{order_id(1), {{ink, 9}}});
    EXPECT_EQ(nothing(world.submit(ReleaseStock{order_id(1), {{ink, 9}}})), "already_failed");
}

TEST_F(Reservations, are_shipped_once_and_never_released_after) {
    EXPECT_EQ(nothing(world.submit(ShipStock{order_id(1), {{pen, 2}}})), "no_reservation");
    world.submit(ReserveStock{order_id(1), {{pen, 2}}});
    EXPECT_EQ(types(world.submit(ShipStock{order_id(1), {{pen, 2}}})), "InventoryShipped");
    EXPECT_EQ(nothing(world.submit(ShipStock{order_id(1), {{pen, 2}}})), "already_shipped");
    EXPECT_EQ(nothing(world.submit(ReleaseStock{order_id(1), {{pen, 2}}})), "already_shipped");
    EXPECT_EQ(world.product(pen).quantity, 8);
    EXPECT_EQ(world.product(pen).reserved_quantity, 0);
    EXPECT_EQ(world.reservation(order_id(1)).lines.at(0).status, LineStatus::fulfilled);
}

TEST_F(Reservations, write_each_movement_in_the_ledger) {
    world.submit(ReserveStock{order_id(1), {{pen, 2}}});
    world.submit(ShipStock{order_id(1), {{pen, 2}}});
    const auto& ledger = world.state.movements;
    ASSERT_EQ(ledger.size(), 4U);
    EXPECT_EQ(ledger[0].kind, MovementKind::receive);
    EXPECT_EQ(ledger[2].kind, MovementKind::reserve);
    EXPECT_EQ(ledger[2].order_id, order_id(1));
    EXPECT_EQ(ledger[2].quantity_after, 10);
    EXPECT_EQ(ledger[2].reserved_after, 2);
    EXPECT_EQ(ledger[3].kind, MovementKind::ship);
    EXPECT_EQ(ledger[3].quantity, 2);
    EXPECT_EQ(ledger[3].quantity_after, 8);
    EXPECT_EQ(ledger[3].actor.subject, "operator");
}

TEST_F(Reservations, can_be_folded_from_their_own_events) {
    world.submit(ReserveStock{order_id(1), {{pen, 2}, {ink, 1}}});
    world.submit(ReleaseStock{order_id(1), {{pen, 2}, {ink, 1}}});
    State state;
    for (const Event& event : world.history)
        if (identify(event).aggregate_type == "reservation") apply(state, event, noon);
    const Reservation& folded = state.reservations.at(order_id(1));
    EXPECT_EQ(folded.status, ReservationStatus::released);
    EXPECT_EQ(folded.version, 2);
    EXPECT_EQ(folded.lines.size(), 2U);
}

}  // namespace
}  // namespace waybill::inventory
