#include "services/orders/sku_slices.hpp"

#include <gtest/gtest.h>

#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/sqlite.hpp"
#include "chassis/sql/temporary_folder.hpp"
#include "services/orders/domain_testing.hpp"
#include "services/orders/shapes.hpp"
#include "services/orders/store.hpp"

namespace waybill::orders {
namespace {

constexpr std::int64_t slice_us = SkuSlice::length_ms * 1'000;

Order order_at(std::int64_t us, std::vector<std::string> skus) {
    Order order;
    order.id = OrderId{Uuid::v7(Timestamp{us}, 7)};
    for (auto& sku : skus) {
        order.items.emplace_back();
        order.items.back().sku = std::move(sku);
        order.items.back().quantity = 1;
    }
    return order;
}

TEST(SkuSlices, note_a_sku_once_for_all_orders_of_a_slice) {
    const std::int64_t begin = testing::noon.us / slice_us * slice_us;
    const Order first = order_at(begin, {"PEN", "CUP"});
    const Order last = order_at(begin + slice_us - 1'000, {"PEN"});
    const Order next = order_at(begin + slice_us, {"PEN"});
    const auto slices = slices_of({&last, &first, &next});
    ASSERT_EQ(slices.size(), 3U);
    EXPECT_EQ(slices[0].sku, "CUP");
    EXPECT_EQ(slices[1].sku, "PEN");
    EXPECT_LE(slices[1].first_id, first.id.value);
    EXPECT_GE(slices[1].last_id, last.id.value);
    EXPECT_LT(slices[1].last_id, slices[2].first_id);
}

TEST(SkuSlices, are_made_of_the_lines_that_a_database_holds_already) {
    const sql::TemporaryFolder folder;
    const auto env = VirtualEnv::create(1, testing::noon);
    auto database = sql::SqliteDatabase::open(*env, {.path = folder.file("orders.db")});
    auto session = std::move(*(*database)->open_writer());
    const auto steps = migrations();
    ASSERT_TRUE(sql::migrate(*session, *env, std::span(steps).first(1)));
    const Order order = order_at(testing::noon.us, {"CUP", "PEN"});
    for (std::size_t i = 0; i < order.items.size(); ++i) {
        const ItemRow row{order.id, static_cast<std::int64_t>(i), order.items[i]};
        const std::array rows{&row};
        ASSERT_TRUE(item_rows().insert(*session, rows));
    }
    ASSERT_TRUE(sql::migrate(*session, *env, steps));
    const auto expected = slices_of({&order});
    const std::vector<std::string_view> skus{"CUP", "PEN"};
    const auto found = sku_slice_rows().load(*session, skus, false);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ((*found)[i].sku, expected[i].sku);
        EXPECT_EQ((*found)[i].first_id, expected[i].first_id);
        EXPECT_EQ((*found)[i].last_id, expected[i].last_id);
    }
}

}  // namespace
}  // namespace waybill::orders
