#include "services/inventory/service_testing.hpp"

namespace waybill::inventory {
namespace {

class ReservationsTest : public testing::ServiceTest {
 protected:
    std::int64_t events(std::string_view type) {
        return rig_.number("select count(*) from events where type = '" + std::string(type) + "'");
    }
    const std::string pen_ = create("PEN", 10);
    const std::string ink_ = create("INK", 3);
};
using Words = std::vector<std::string>;

TEST_F(ReservationsTest, hold_all_lines_of_an_order_or_none) {
    order_created(1, {line(pen_, 2), line(ink_, 4)});
    EXPECT_EQ(quantity(pen_, "reservedQuantity"), 0);
    EXPECT_EQ(events("InventoryReservationFailed"), 1);
    EXPECT_TRUE(listed("/reservations", "", "status").empty());
    order_created(2, {line(pen_, 2), line(ink_, 3)});
    EXPECT_EQ(quantity(pen_, "reservedQuantity"), 2);
    EXPECT_EQ(quantity(pen_, "availableQuantity"), 8);
    EXPECT_EQ(events("InventoryReserved"), 1);
}

TEST_F(ReservationsTest, go_by_the_correlation_of_their_order) {
    order_created(1, {line(pen_, 2)});
    EXPECT_EQ(rig_.number("select count(*) from events where type = 'InventoryReserved' and "
                          "actor_subject = 'system:inventory' and hex(correlation_id) = '" +
                          [] {
                              std::string hex;
                              for (const auto byte : Uuid::v7(Timestamp{0}, 4711).bytes)
                                  hex += fmt::format("{:02X}", byte);
                              return hex;
                          }() +
                          "'"),
              1);
}

TEST_F(ReservationsTest, are_made_once_whatever_is_told_again) {
    for (int i = 0; i < 3; ++i) order_created(1, {line(pen_, 2)});
    EXPECT_EQ(quantity(pen_, "reservedQuantity"), 2);
    EXPECT_EQ(rig_.number("select count(*) from reservations"), 1);
}

TEST_F(ReservationsTest, that_come_after_their_cancel_hold_nothing) {
    order_cancelled(1, {line(pen_, 2)});
    order_created(1, {line(pen_, 2)});
    EXPECT_EQ(quantity(pen_, "reservedQuantity"), 0);
    EXPECT_EQ(rig_.number("select count(*) from reservations where status = 'Refused'"), 1);
    EXPECT_EQ(rig_.number("select count(*) from events where aggregate_type = 'reservation'"), 0);
}

TEST_F(ReservationsTest, are_released_once) {
    order_created(1, {line(pen_, 2), line(ink_, 1)});
    for (int i = 0; i < 2; ++i) order_cancelled(1, {line(pen_, 2), line(ink_, 1)});
    EXPECT_EQ(quantity(pen_, "reservedQuantity"), 0);
    EXPECT_EQ(quantity(pen_), 10);
    EXPECT_EQ(listed("/reservations", "orderId=" + order(1).to_string(), "status"),
              (Words{"Released", "Released"}));
    EXPECT_EQ(listed("/products/" + pen_ + "/movements", "", "kind"),
              (Words{"release", "reserve", "receive"}));
}

TEST_F(ReservationsTest, are_released_whole_even_when_the_message_names_too_little) {
    order_created(1, {line(pen_, 2), line(ink_, 1)});
    order_cancelled(1, {});
    EXPECT_EQ(quantity(pen_, "reservedQuantity"), 0);
    EXPECT_EQ(quantity(ink_, "reservedQuantity"), 0);
}

TEST_F(ReservationsTest, leave_with_the_shipment) {
    order_created(1, {line(pen_, 2)});
    order_shipped(1, {line(pen_, 2)});
    order_cancelled(1, {line(pen_, 2)});
    EXPECT_EQ(quantity(pen_), 8);
    EXPECT_EQ(quantity(pen_, "reservedQuantity"), 0);
    EXPECT_EQ(listed("/reservations", "status=Fulfilled", "sku"), Words{"PEN"});
    EXPECT_TRUE(listed("/reservations", "status=Active", "sku").empty());
}

TEST_F(ReservationsTest, keep_a_product_from_being_deleted) {
    order_created(1, {line(pen_, 2)});
    EXPECT_EQ(slug(call("DELETE", "/products/" + pen_, {.if_match = "1"})), "product-reserved");
    order_cancelled(1, {line(pen_, 2)});
    EXPECT_EQ(call("DELETE", "/products/" + pen_, {.if_match = "1"}).status, 204);
    order_created(2, {line(pen_, 1)});
    EXPECT_EQ(
        rig_.number("select count(*) from events where type = 'InventoryReservationFailed' and "
                    "data like '%unknown_product%'"),
        1);
}

TEST_F(ReservationsTest, are_listed_page_by_page) {
    for (std::uint64_t n = 1; n <= 3; ++n) order_created(n, {line(pen_, 1), line(ink_, 1)});
    Words seen = listed("/reservations", "limit=4", "orderId");
    EXPECT_EQ(seen.size(), 4U);
    const auto rest = listed("/reservations", "limit=4&cursor=" + next_, "orderId");
    EXPECT_EQ(rest, (Words{order(1).to_string(), order(1).to_string()}));
    EXPECT_EQ(call("GET", "/reservations", {.query = "status=Held"}).status, 422);
    EXPECT_EQ(call("GET", "/reservations", {.query = "orderId=7"}).status, 422);
}

TEST_F(ReservationsTest, keep_the_books_in_the_database) {
    order_created(1, {line(pen_, 2), line(ink_, 1)});
    order_created(2, {line(pen_, 3)});
    order_shipped(1, {line(pen_, 2), line(ink_, 1)});
    order_cancelled(2, {line(pen_, 3)});
    order_created(3, {line(pen_, 4)});
    call("POST", "/products/" + pen_ + "/adjust", {.body = R"({"delta":5,"reason":"received"})"});
    EXPECT_EQ(
        rig_.number(
            "select count(*) from products p where p.quantity <> (select sum(case m.kind when "
            "'receive' then m.quantity when 'adjust' then m.quantity when 'ship' then "
            "-m.quantity else 0 end) from stock_movements m where m.product_id = p.id) or "
            "p.reserved_quantity <> coalesce((select sum(l.quantity) from reservation_lines l "
            "where l.product_id = p.id and l.status = 'Active'), 0)"),
        0);
    EXPECT_EQ(quantity(pen_), 13);
}

TEST_F(ReservationsTest, can_never_exceed_the_stock_in_the_database_either) {
    auto session = rig_.database().open_writer();
    const auto oversold =
        (*session)->execute("update products set reserved_quantity = quantity + 1", {});
    ASSERT_FALSE(oversold);
    EXPECT_EQ(oversold.error().kind, sql::FailureKind::constraint);
}

}  // namespace
}  // namespace waybill::inventory
