#include "services/orders/service_testing.hpp"

namespace waybill::orders {
namespace {

using http::Response;
using testing::Asked;
class OrdersTest : public testing::ServiceTest {};

std::vector<std::string> pointers(const json::Value& problem) {
    std::vector<std::string> all;
    for (const auto& fault : problem.find("errors")->items())
        all.emplace_back(fault.text_at("pointer"));
    return all;
}

TEST_F(OrdersTest, refuses_a_body_that_is_no_order_and_tells_every_fault) {
    EXPECT_EQ(slug(call("POST", "", alice_, {.body = "{"})), "malformed-json");
    EXPECT_EQ(slug(call("POST", "", alice_)), "malformed-json");
    const auto refused = call(
        "POST", "", alice_,
        {.body = R"({"items":[{"sku":"PEN","quantity":0,"unitPrice":true}],"status":"Shipped"})"});
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(pointers(body(refused)),
              (std::vector<std::string>{"/items/0/quantity", "/items/0/unitPrice", "/status"}));
    EXPECT_EQ(rig_.number("select count(*) from orders"), 0);
}

TEST_F(OrdersTest, refuses_a_product_that_it_does_not_know) {
    const auto refused =
        call("POST", "", alice_, {.body = R"({"items":[{"sku":"NONE","quantity":1}]})"});
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(slug(refused), "unknown-product");
    EXPECT_EQ(pointers(body(refused)), std::vector<std::string>{"/items/0/sku"});
}

TEST_F(OrdersTest, refuses_an_asserted_price_that_has_changed) {
    const auto refused =
        call("POST", "", alice_,
             {.body = R"({"items":[{"sku":"LAP-15","quantity":1,"unitPrice":1299.98}]})"});
    EXPECT_EQ(refused.status, 409);
    const auto problem = body(refused);
    EXPECT_EQ(problem.find("items")->items()[0].text_at("unitPrice"), "1299.99");
}

TEST_F(OrdersTest, lets_only_operators_order_for_others) {
    const Asked for_bob{.body = R"({"customerId":"bob","items":[{"sku":"PEN","quantity":1}]})"};
    EXPECT_EQ(slug(call("POST", "", alice_, for_bob)), "forbidden");
    EXPECT_EQ(text(call("POST", "", operator_, for_bob), "customerId"), "bob");
    EXPECT_EQ(text(call("POST", "", bob_, for_bob), "customerId"), "bob");
}

TEST_F(OrdersTest, answers_an_accepted_order_with_the_catalogues_prices) {
    const auto placed = call("POST", "", alice_,
                             {.body = R"({"currency":"USD","note":"gift","metadata":{"a":"b"},)"
                                      R"("items":[{"sku":"LAP-15","quantity":2},)"
                                      R"({"productId":")" +
                                      product(2).to_string() + R"(","quantity":1}]})"});
    ASSERT_EQ(placed.status, 201) << placed.body.bytes();
    const std::string id = text(placed, "id");
    EXPECT_EQ(placed.headers.get("Location"), "/v1/orders/" + id);
    EXPECT_EQ(placed.headers.get("ETag"), "\"1\"");
    const auto order = body(placed);
    EXPECT_EQ(order.text_at("totalAmount"), "2601.48");
    EXPECT_EQ(order.text_at("status"), "Pending");
    EXPECT_EQ(order.find("metadata")->text_at("a"), "b");
    EXPECT_EQ(call("GET", "/" + id, alice_).body.bytes(), placed.body.bytes());
    const std::string number(order.text_at("orderNumber"));
    EXPECT_EQ(call("GET", "/number/" + number, alice_).body.bytes(), placed.body.bytes());
    EXPECT_EQ(rig_.number("select count(*) from events where type = 'OrderCreated'"), 1);
    EXPECT_EQ(rig_.number("select count(*) from events e join orders o on o.id = e.aggregate_id "
                          "where o.correlation_id = e.correlation_id"),
              1);
}

TEST_F(OrdersTest, never_makes_a_second_order_for_a_key) {
    const Asked asked{.body = R"({"items":[{"sku":"PEN","quantity":1}]})", .key = "k"};
    const auto first = call("POST", "", alice_, asked);
    const auto again = call("POST", "", alice_, asked);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.headers.get("Idempotency-Replayed"), "true");
    EXPECT_EQ(again.headers.get("Location"), first.headers.get("Location"));
    EXPECT_EQ(again.body.bytes(), first.body.bytes());
    const Asked other{.body = R"({"items":[{"sku":"PEN","quantity":2}]})", .key = "k"};
    EXPECT_EQ(slug(call("POST", "", alice_, other)), "idempotency-key-reused");
    EXPECT_EQ(call("POST", "", bob_, other).status, 201);
    EXPECT_EQ(rig_.number("select count(*) from orders"), 2);
}

TEST_F(OrdersTest, shows_and_moves_nothing_that_is_anothers) {
    const std::string id = place(alice_);
    const std::string number = text(call("GET", "/" + id, alice_), "orderNumber");
    for (const auto* path : {"", "/stream"})
        EXPECT_EQ(call("GET", "/" + id + path, bob_).status, 404) << path;
    EXPECT_EQ(call("GET", "/number/" + number, bob_).status, 404);
    EXPECT_EQ(call("POST", "/" + id + "/cancel", bob_).status, 404);
    EXPECT_EQ(call("POST", "/" + id + "/confirm", alice_).status, 403);
    EXPECT_EQ(
        call("POST", "/" + id + "/ship", alice_, {.body = R"({"trackingNumber":"T"})"}).status,
        403);
    EXPECT_EQ(status(id), "Pending");
    EXPECT_EQ(call("GET", "/" + id, operator_).status, 200);
    EXPECT_EQ(call("GET", "/not-an-id", alice_).status, 404);
}

TEST_F(OrdersTest, confirms_an_automatic_order_once_its_stock_is_held) {
    const std::string id = place(alice_);
    reserve(id);
    reserve(id);
    EXPECT_EQ(status(id), "Confirmed");
    EXPECT_EQ(rig_.number("select count(*) from events where aggregate_type = 'order'"), 3);
    EXPECT_EQ(rig_.number("select count(*) from timers"), 0);
}

TEST_F(OrdersTest, cancels_an_order_whose_stock_cannot_be_held) {
    const std::string id = place(alice_);
    tell(inventory::InventoryReservationFailed{{Uuid::v7(Timestamp{0}, 5)},
                                               *OrderId::parse(id),
                                               inventory::FailureReason::out_of_stock,
                                               {}},
         1);
    const auto order = call("GET", "/" + id, alice_);
    EXPECT_EQ(text(order, "status"), "Cancelled");
    EXPECT_EQ(text(order, "cancellationReason"), "out_of_stock");
}

TEST_F(OrdersTest, takes_a_manual_order_from_reservation_to_shipment) {
    const std::string id = place(alice_, "manual");
    EXPECT_EQ(call("POST", "/" + id + "/confirm", operator_).status, 409);
    reserve(id);
    EXPECT_EQ(call("POST", "/" + id + "/confirm", operator_, {.if_match = "1"}).status, 412);
    EXPECT_EQ(text(call("POST", "/" + id + "/confirm", operator_, {.if_match = "2"}), "status"),
              "Confirmed");
    EXPECT_EQ(call("POST", "/" + id + "/confirm", operator_).headers.get("ETag"), "\"3\"");
    const Asked parcel{.body = R"({"trackingNumber":"T-1","carrier":"UPS"})"};
    EXPECT_EQ(text(call("POST", "/" + id + "/ship", operator_, parcel), "carrier"), "UPS");
    EXPECT_EQ(call("POST", "/" + id + "/ship", operator_, parcel).status, 200);
    const auto other =
        call("POST", "/" + id + "/ship", operator_, {.body = R"({"trackingNumber":"T-2"})"});
    EXPECT_EQ(slug(other), "illegal-transition");
    EXPECT_EQ(text(other, "currentStatus"), "Shipped");
}

TEST_F(OrdersTest, cancels_for_the_reasons_that_are_the_callers_to_give) {
    const std::string id = place(alice_);
    const Asked declined{.body = R"({"reason":"payment_declined","note":"card"})"};
    EXPECT_EQ(call("POST", "/" + id + "/cancel", alice_, declined).status, 422);
    EXPECT_EQ(
        call("POST", "/" + id + "/cancel", operator_, {.body = R"({"reason":"out_of_stock"})"})
            .status,
        422);
    EXPECT_EQ(text(call("POST", "/" + id + "/cancel", operator_, declined), "cancellationNote"),
              "card");
    EXPECT_EQ(text(call("POST", "/" + id + "/cancel", alice_), "cancellationReason"),
              "payment_declined");
}

TEST_F(OrdersTest, cancels_by_itself_what_waits_too_long) {
    const std::string pending = place(alice_);
    const std::string reserved = place(alice_, "manual");
    const std::string confirmed = place(alice_);
    reserve(reserved);
    reserve(confirmed);
    rig_.run(std::chrono::minutes(14));
    EXPECT_EQ(status(reserved), "Reserved");
    rig_.run(std::chrono::minutes(2));
    EXPECT_EQ(text(call("GET", "/" + reserved, alice_), "cancellationReason"),
              "confirmation_timeout");
    EXPECT_EQ(status(pending), "Pending");
    rig_.run(std::chrono::hours(24));
    EXPECT_EQ(text(call("GET", "/" + pending, alice_), "cancellationReason"),
              "reservation_timeout");
    EXPECT_EQ(status(confirmed), "Confirmed");
    reserve(pending);
    EXPECT_EQ(status(pending), "Cancelled");
}

TEST_F(OrdersTest, answers_a_waiting_caller_as_soon_as_the_order_has_settled) {
    const auto settled =
        call("POST", "", alice_,
             {.body = R"({"items":[{"sku":"PEN","quantity":1}]})",
              .wait = std::chrono::seconds(5),
              .meanwhile = [&] {
                  auto session = rig_.database().open_reader();
                  const auto rows = (*session)->query("select id from orders", {});
                  reserve(Uuid::from_bytes(sql::as_text(rows->row(0)[0]))->to_string());
              }});
    EXPECT_EQ(settled.status, 201);
    EXPECT_EQ(text(settled, "status"), "Confirmed");
    EXPECT_EQ(settled.headers.get("ETag"), "\"3\"");
    EXPECT_EQ(settled.headers.get("Preference-Applied"), "wait=5");
}

TEST_F(OrdersTest, answers_a_waiting_caller_in_time_when_nothing_settles) {
    const auto pending = call(
        "POST", "", alice_,
        {.body = R"({"items":[{"sku":"PEN","quantity":1}]})", .wait = std::chrono::seconds(1)});
    EXPECT_EQ(pending.status, 201);
    EXPECT_EQ(text(pending, "status"), "Pending");
    EXPECT_FALSE(pending.headers.get("Preference-Applied"));
}

TEST_F(OrdersTest, streams_what_happens_to_an_order_and_resumes) {
    const std::string id = place(alice_);
    auto response = call("GET", "/" + id + "/stream", alice_);
    ASSERT_TRUE(response.body.streamed());
    auto& source = response.body.source();
    const auto first = rig_.pull(source);
    ASSERT_TRUE(first);
    EXPECT_NE(first->find("id: 1\nevent: OrderCreated\n"), std::string::npos) << *first;
    EXPECT_EQ(rig_.pull(source, std::chrono::milliseconds(500)), ": still here\n\n");
    reserve(id);
    const auto second = rig_.pull(source);
    ASSERT_TRUE(second);
    EXPECT_NE(second->find("event: OrderConfirmed"), std::string::npos) << *second;
    auto resumed = call("GET", "/" + id + "/stream", alice_, {.headers = {{"Last-Event-ID", "2"}}});
    const auto rest = rig_.pull(resumed.body.source());
    ASSERT_TRUE(rest);
    EXPECT_EQ(rest->find("OrderReserved"), std::string::npos) << *rest;
    EXPECT_NE(rest->find("id: 3"), std::string::npos) << *rest;
    EXPECT_EQ(
        call("GET", "/" + id + "/stream", alice_, {.headers = {{"Last-Event-ID", "x"}}}).status,
        422);
}

TEST_F(OrdersTest, keeps_an_unreadable_event_as_a_dead_letter_in_the_end) {
    messaging::Message message;
    message.meta.event_id = Uuid::v7(rig_.env().now(), 9);
    message.meta.type = "InventoryReserved";
    message.meta.aggregate_type = "reservation";
    message.data = R"({"orderId":"nonsense"})";
    EXPECT_EQ(rig_.deliver(*service_, {message}), 1U);
    EXPECT_EQ(rig_.number("select count(*) from deliveries"), 1);
}

}  // namespace
}  // namespace waybill::orders
