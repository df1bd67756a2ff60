#include "services/inventory/shapes.hpp"

#include <gtest/gtest.h>

#include <set>

#include "chassis/base/json.hpp"
#include "services/inventory/domain_testing.hpp"

namespace waybill::inventory {
namespace {

using namespace testing;

/// A history with every published event in it.
std::vector<Event> every_event() {
    World world;
    const ProductId pen = world.create(creation("PEN", 5, 4));
    world.submit(ReserveStock{order_id(1), {{pen, 2}}});
    world.submit(ShipStock{order_id(1), {{pen, 2}}});
    world.submit(ReserveStock{order_id(2), {{pen, 1}}});
    world.submit(ReleaseStock{order_id(2), {{pen, 1}}});
    world.submit(ReserveStock{order_id(3), {{pen, 9}}});
    AdjustStock adjust;
    adjust.product_id = pen;
    adjust.delta = 4;
    adjust.reason = AdjustReason::returned;
    adjust.reference = "R-1";
    world.submit(adjust);
    UpdateProduct update;
    update.product_id = pen;
    update.currency = *Currency::parse("JPY");
    update.price = Decimal{1300, 0};
    world.submit(update);
    world.submit(DeleteProduct{pen, {}});
    return world.history;
}

TEST(InventoryEvents, of_an_unknown_type_or_without_their_data_are_refused) {
    EXPECT_FALSE(event_from_json("LowStockRearmed", "{}"));
    EXPECT_FALSE(event_from_json("InventoryReserved", "{}"));
    EXPECT_FALSE(event_from_json("ProductCreated", "{"));
}

TEST(InventoryEvents, say_the_same_after_being_written_and_read) {
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

TEST(InventoryEvents, gain_members_without_breaking_those_who_read_them) {
    for (const Event& event : every_event()) {
        if (!identify(event).published) continue;
        std::string text = to_json(event);
        text.insert(1, R"("addedLater":[1,2],)");
        EXPECT_TRUE(event_from_json(identify(event).type, text)) << text;
    }
}

TEST(InventorySchemas, are_json) {
    for (const auto& text :
         {product_schema(), product_page_schema(), create_product_schema(), put_product_schema(),
          patch_product_schema(), adjust_stock_schema(), batch_schema(), batch_answer_schema(),
          movement_page_schema(), reservation_page_schema()})
        EXPECT_TRUE(json::parse(text)) << text;
    for (const auto& [type, text] : event_schemas()) EXPECT_TRUE(json::parse(text)) << type;
}

}  // namespace
}  // namespace waybill::inventory
