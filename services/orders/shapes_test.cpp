#include "services/orders/shapes.hpp"

#include <gtest/gtest.h>

#include <set>

#include "chassis/base/json.hpp"
#include "services/orders/domain_testing.hpp"

namespace waybill::orders {
namespace {

using namespace testing;

/// An order's whole life, with every published event in it.
std::vector<Event> every_event() {
    World world;
    world.stock(product(1, "PEN", 150));
    auto command = order_of({item("PEN", 2)});
    command.confirmation = Confirmation::manual;
    command.note = "gift \"wrapped\"";
    command.metadata = {{"key", "value"}};
    const OrderId shipped = world.place(command);
    world.submit(RecordReservation{shipped, {}});
    world.submit(ConfirmOrder{shipped, {}});
    world.submit(ShipOrder{shipped, "T-1", "UPS", {}});
    world.submit(CancelOrder{world.place(command), {}, "changed my mind", {}});
    return world.history;
}

TEST(OrderEvents, of_an_unknown_type_or_without_their_data_are_refused) {
    EXPECT_FALSE(event_from_json("ProductRemembered", "{}"));
    EXPECT_FALSE(event_from_json("OrderCreated", "{}"));
    EXPECT_FALSE(event_from_json("OrderShipped", "{"));
}

TEST(OrderEvents, say_the_same_after_being_written_and_read) {
    std::set<std::string_view> types;
    for (const Event& event : every_event()) {
        if (!identify(event).published) continue;
        types.insert(identify(event).type);
        const std::string text = to_json(event);
        const auto read = event_from_json(identify(event).type, text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(to_json(*read), text);
    }
    EXPECT_EQ(types.size(), event_schemas().size());
}

TEST(OrderEvents, gain_members_without_breaking_those_who_read_them) {
    for (const Event& event : every_event()) {
        if (!identify(event).published) continue;
        std::string text = to_json(event);
        text.insert(1, R"("addedLater":[1,2],)");
        EXPECT_TRUE(event_from_json(identify(event).type, text)) << text;
    }
}

TEST(OrderEvents, do_not_carry_the_trace_that_the_envelope_carries) {
    for (const Event& event : every_event())
        EXPECT_EQ(to_json(event).find("trace"), std::string::npos);
}

TEST(OrderSchemas, are_json) {
    for (const auto& text : {order_schema(), order_page_schema(), place_order_schema(),
                             cancel_order_schema(), ship_order_schema()})
        EXPECT_TRUE(json::parse(text)) << text;
    for (const auto& [type, text] : event_schemas()) EXPECT_TRUE(json::parse(text)) << type;
}

TEST(OrderBodies, of_actions_may_be_left_out_but_not_made_up) {
    EXPECT_TRUE(confirm_order_from_json(""));
    EXPECT_TRUE(cancel_order_from_json(""));
    EXPECT_FALSE(ship_order_from_json(""));
    EXPECT_FALSE(confirm_order_from_json(R"({"force":true})"));
}

}  // namespace
}  // namespace waybill::orders
