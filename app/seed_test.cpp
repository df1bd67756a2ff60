#include "app/seed.hpp"

#include <gtest/gtest.h>

#include <set>

#include "services/inventory/shapes.hpp"

namespace waybill::app {
namespace {

TEST(SeedCatalogue, begins_with_products_written_by_hand) {
    const auto twelve = seed_catalogue(12);
    ASSERT_EQ(twelve.size(), 12U);
    EXPECT_EQ(twelve[0].sku, "LAP-15");
    EXPECT_EQ(twelve[0].name, "Laptop 15");
    EXPECT_EQ(twelve[0].price, "1299.99");
    EXPECT_TRUE(seed_catalogue(0).empty());
}

TEST(SeedCatalogue, is_the_same_each_time_and_a_smaller_one_is_its_beginning) {
    const auto many = seed_catalogue(500);
    const auto again = seed_catalogue(200);
    for (std::size_t i = 0; i < again.size(); ++i) {
        EXPECT_EQ(many[i].sku, again[i].sku);
        EXPECT_EQ(many[i].price, again[i].price);
        EXPECT_EQ(many[i].quantity, again[i].quantity);
    }
}

TEST(SeedCatalogue, has_no_sku_twice) {
    std::set<std::string> skus;
    for (const auto& product : seed_catalogue(5000)) EXPECT_TRUE(skus.insert(product.sku).second);
}

TEST(SeedCatalogue, is_what_the_inventory_takes) {
    const auto items = inventory::batch_from_json(batch_body(seed_catalogue(1000)));
    ASSERT_TRUE(items);
    ASSERT_EQ(items->size(), 1000U);
    for (const auto& item : *items) {
        const auto command = inventory::create_product_from_json(item.text);
        ASSERT_TRUE(command) << item.text;
    }
}

}  // namespace
}  // namespace waybill::app
