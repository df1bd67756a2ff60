#include "services/inventory/domain_testing.hpp"

namespace waybill::inventory {
namespace {

using namespace testing;

class Products : public ::testing::Test {
 protected:
    Problem problem(const OutcomeOf<Event>& outcome) {
        const auto* rejected = rejection(outcome);
        EXPECT_TRUE(rejected);
        return rejected ? rejected->problem : Problem::internal_error;
    }
    UpdateProduct update(ProductId id) {
        UpdateProduct command;
        command.product_id = id;
        return command;
    }
    AdjustStock by_delta(ProductId id, std::int64_t delta) {
        AdjustStock command;
        command.product_id = id;
        command.delta = delta;
        command.reason = AdjustReason::received;
        return command;
    }
    AdjustStock by_count(ProductId id, std::int64_t expected, std::int64_t quantity) {
        AdjustStock command;
        command.product_id = id;
        command.expected_quantity = expected;
        command.quantity = quantity;
        command.reason = AdjustReason::count;
        return command;
    }
    World world;
};

TEST_F(Products, two_products_never_share_a_sku) {
    world.create(creation("PEN", 1));
    EXPECT_EQ(problem(world.submit(creation("PEN", 1))), Problem::sku_taken);
    const ProductId other = world.create(creation("INK", 1));
    auto rename = update(other);
    rename.sku = "PEN";
    EXPECT_EQ(problem(world.submit(rename)), Problem::sku_taken);
}

TEST_F(Products, a_deleted_products_sku_is_free_again) {
    const ProductId id = world.create(creation("PEN", 1));
    EXPECT_EQ(types(world.submit(DeleteProduct{id, {}})), "ProductDeleted");
    EXPECT_EQ(types(world.submit(creation("PEN", 1))), "ProductCreated");
    EXPECT_EQ(problem(world.submit(DeleteProduct{id, {}})), Problem::not_found);
    EXPECT_EQ(problem(world.submit(by_delta(id, 1))), Problem::not_found);
}

TEST_F(Products, a_price_with_too_many_digits_is_refused) {
    auto command = creation("PEN", 1);
    command.currency = *Currency::parse("JPY");
    EXPECT_EQ(problem(world.submit(command)), Problem::validation_failed);
}

TEST_F(Products, a_currency_that_cannot_hold_the_price_needs_a_new_price) {
    const ProductId id = world.create(creation("PEN", 1));
    auto command = update(id);
    command.currency = *Currency::parse("JPY");
    EXPECT_EQ(problem(world.submit(command)), Problem::validation_failed);
    command.price = Decimal{1300, 0};
    EXPECT_EQ(types(world.submit(command)), "ProductUpdated");
    EXPECT_EQ(world.product(id).price.to_string(), "1300");
}

TEST_F(Products, an_update_changes_what_it_names_and_counts_the_definition_alone) {
    const ProductId id = world.create(creation("PEN", 5));
    auto command = update(id);
    command.name = "Fountain pen";
    command.expected_version = 1;
    EXPECT_EQ(types(world.submit(command)), "ProductUpdated");
    EXPECT_EQ(world.product(id).sku, "PEN");
    EXPECT_EQ(world.product(id).name, "Fountain pen");
    EXPECT_EQ(world.product(id).version, 2);
    EXPECT_EQ(world.product(id).stock_revision, 1);
    EXPECT_EQ(problem(world.submit(command)), Problem::version_mismatch);
    command.expected_version = 2;
    EXPECT_EQ(nothing(world.submit(command)), "same_definition");
}

TEST_F(Products, a_product_that_orders_hold_cannot_be_deleted) {
    const ProductId id = world.create(creation("PEN", 5));
    world.submit(ReserveStock{order_id(1), {{id, 1}}});
    EXPECT_EQ(problem(world.submit(DeleteProduct{id, {}})), Problem::product_reserved);
    world.submit(ReleaseStock{order_id(1), {{id, 1}}});
    EXPECT_EQ(types(world.submit(DeleteProduct{id, {}})), "ProductDeleted");
}

TEST_F(Products, an_adjustment_is_by_delta_or_by_count_and_never_both_or_neither) {
    const ProductId id = world.create(creation("PEN", 5));
    auto command = by_delta(id, 1);
    command.quantity = 3;
    EXPECT_EQ(problem(world.submit(command)), Problem::validation_failed);
    command.delta.reset();
    EXPECT_EQ(problem(world.submit(command)), Problem::validation_failed);
    command.quantity.reset();
    EXPECT_EQ(problem(world.submit(command)), Problem::validation_failed);
}

TEST_F(Products, stock_never_falls_below_what_is_reserved_nor_rises_above_the_limit) {
    const ProductId id = world.create(creation("PEN", 5));
    world.submit(ReserveStock{order_id(1), {{id, 4}}});
    const auto outcome = world.submit(by_delta(id, -2));
    EXPECT_EQ(problem(outcome), Problem::stock_below_reserved);
    EXPECT_EQ(std::get<std::int64_t>(rejection(outcome)->members.at(0).second), 5);
    EXPECT_EQ(std::get<std::int64_t>(rejection(outcome)->members.at(1).second), 4);
    EXPECT_EQ(problem(world.submit(by_delta(id, quantity_max))), Problem::validation_failed);
    EXPECT_EQ(problem(world.submit(by_delta(id, std::numeric_limits<std::int64_t>::max()))),
              Problem::validation_failed);
    EXPECT_EQ(problem(world.submit(by_count(id, 5, quantity_max + 1))), Problem::validation_failed);
    EXPECT_EQ(types(world.submit(by_delta(id, -1))), "InventoryAdjusted");
}

TEST_F(Products, a_count_is_taken_only_from_the_quantity_it_expects) {
    const ProductId id = world.create(creation("PEN", 5));
    EXPECT_EQ(problem(world.submit(by_count(id, 4, 9))), Problem::quantity_changed);
    EXPECT_EQ(nothing(world.submit(by_count(id, 5, 5))), "same_quantity");
    EXPECT_EQ(types(world.submit(by_count(id, 5, 9))), "InventoryAdjusted");
    EXPECT_EQ(world.product(id).quantity, 9);
    EXPECT_EQ(world.product(id).stock_version, 1);
}

TEST_F(Products, one_alert_falls_below_the_threshold_until_it_is_reached_again) {
    const ProductId id = world.create(creation("PEN", 10, 5));
    EXPECT_EQ(types(world.submit(by_delta(id, -5))), "InventoryAdjusted");
    EXPECT_EQ(types(world.submit(by_delta(id, -1))), "InventoryAdjusted LowStockAlert");
    EXPECT_EQ(types(world.submit(by_delta(id, -1))), "InventoryAdjusted");
    EXPECT_EQ(types(world.submit(by_delta(id, 2))), "InventoryAdjusted LowStockRearmed");
    EXPECT_EQ(types(world.submit(ReserveStock{order_id(1), {{id, 1}}})),
              "InventoryReserved LowStockAlert");
    EXPECT_EQ(types(world.submit(ReleaseStock{order_id(1), {{id, 1}}})),
              "InventoryReleased LowStockRearmed");
    EXPECT_EQ(world.product(id).stock_version, 6);
}

TEST_F(Products, a_product_created_or_redefined_below_its_threshold_is_alerted) {
    EXPECT_EQ(types(world.submit(creation("PEN", 1, 2))), "ProductCreated LowStockAlert");
    const ProductId id = world.create(creation("INK", 1));
    auto command = update(id);
    command.low_stock_threshold = 2;
    EXPECT_EQ(types(world.submit(command)), "ProductUpdated LowStockAlert");
    command.low_stock_threshold = 1;
    EXPECT_EQ(types(world.submit(command)), "ProductUpdated LowStockRearmed");
}

}  // namespace
}  // namespace waybill::inventory
