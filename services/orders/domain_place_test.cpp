#include <set>

#include "services/orders/decisions.hpp"
#include "services/orders/domain_testing.hpp"

namespace waybill::orders {
namespace {

using namespace testing;

class Placing : public ::testing::Test {
 protected:
    Placing() {
        world.stock(product(1, "LAP-15", 129'999));
        world.stock(product(2, "PEN", 150));
        world.stock(product(3, "TEE", 2'000, "EUR"));
    }
    std::vector<std::string> faults(const OutcomeOf<Event>& outcome) {
        std::vector<std::string> pointers;
        if (const auto* rejected = rejection(outcome))
            for (const Fault& fault : rejected->faults) pointers.push_back(fault.pointer);
        return pointers;
    }
    const OrderCreated& created(const OutcomeOf<Event>& outcome) {
        return std::get<OrderCreated>(std::get<std::vector<Event>>(outcome).at(0));
    }
    World world;
};
using Pointers = std::vector<std::string>;

TEST_F(Placing, a_product_that_the_catalogue_does_not_know_is_refused_with_its_pointer) {
    const auto outcome = world.submit(
        order_of({item("PEN", 1), item("NO", 1), {product_id(9), std::nullopt, 1, {}}}));
    ASSERT_TRUE(rejection(outcome));
    EXPECT_EQ(rejection(outcome)->problem, Problem::unknown_product);
    EXPECT_EQ(faults(outcome), (Pointers{"/items/1/sku", "/items/2/productId"}));
}

TEST_F(Placing, a_deleted_product_is_not_sold) {
    auto deleted = product(2, "PEN", 150);
    deleted.version = 2;
    world.submit(ForgetProduct{deleted});
    for (const RequestedItem& way :
         {item("PEN", 1), RequestedItem{product_id(2), std::nullopt, 1, {}}}) {
        const auto outcome = world.submit(order_of({way}));
        ASSERT_TRUE(rejection(outcome));
        EXPECT_EQ(rejection(outcome)->problem, Problem::unknown_product);
    }
}

TEST_F(Placing, an_item_names_its_product_in_exactly_one_way) {
    const auto outcome = world.submit(
        order_of({{std::nullopt, std::nullopt, 1, {}}, {product_id(2), "PEN", 1, {}}}));
    ASSERT_TRUE(rejection(outcome));
    EXPECT_EQ(rejection(outcome)->problem, Problem::validation_failed);
    EXPECT_EQ(faults(outcome), (Pointers{"/items/0", "/items/1"}));
}

TEST_F(Placing, all_items_share_one_currency) {
    const auto outcome = world.submit(order_of({item("PEN", 1), item("TEE", 1)}));
    EXPECT_EQ(faults(outcome), Pointers{"/items/1"});
}

TEST_F(Placing, a_currency_that_is_not_the_products_is_refused) {
    auto command = order_of({item("PEN", 1)});
    command.currency = Currency::parse("EUR");
    EXPECT_EQ(faults(world.submit(command)), Pointers{"/currency"});
    command.currency = Currency::parse("USD");
    EXPECT_EQ(types(world.submit(command)), "OrderCreated");
}

TEST_F(Placing, every_fault_is_told_at_once) {
    auto command = order_of({item("PEN", 1),
                             item("TEE", 1),
                             {std::nullopt, std::nullopt, 1, {}},
                             {std::nullopt, "LAP-15", 1, Decimal{1'299'999, 3}}});
    command.currency = Currency::parse("EUR");
    EXPECT_EQ(faults(world.submit(command)),
              (Pointers{"/items/1", "/items/2", "/items/3/unitPrice", "/currency"}));
}

TEST_F(Placing, a_price_that_is_not_the_catalogues_is_a_conflict_that_names_the_current_one) {
    auto command = order_of({{std::nullopt, "LAP-15", 1, Decimal{129'998, 2}}});
    const auto outcome = world.submit(command);
    ASSERT_TRUE(rejection(outcome));
    EXPECT_EQ(rejection(outcome)->problem, Problem::price_changed);
    const std::vector<FlatObject> items{{{"sku", "LAP-15"}, {"unitPrice", "1299.99"}}};
    ASSERT_EQ(rejection(outcome)->members.size(), 1U);
    EXPECT_EQ(rejection(outcome)->members[0].first, "items");
    EXPECT_EQ(std::get<std::vector<FlatObject>>(rejection(outcome)->members[0].second), items);
}

TEST_F(Placing, a_price_with_fewer_digits_is_the_same_price) {
    const auto outcome = world.submit(order_of({{std::nullopt, "PEN", 2, Decimal::parse("1.5")}}));
    EXPECT_EQ(types(outcome), "OrderCreated");
}

TEST_F(Placing, a_quantity_above_a_million_after_merging_is_refused) {
    const auto outcome = world.submit(order_of({item("PEN", 999'999), item("PEN", 2)}));
    EXPECT_EQ(faults(outcome), Pointers{"/items/1/quantity"});
}

TEST_F(Placing, a_total_that_overflows_is_refused) {
    auto gold = product(4, "GOLD", 0, "CLF");
    gold.price.minor = Money::price_minor_max(gold.price.currency);
    world.stock(gold);
    EXPECT_EQ(faults(world.submit(order_of({item("GOLD", 1'000'000)}))), Pointers{"/items/0"});
}

TEST_F(Placing, duplicates_are_merged_whichever_way_they_name_the_product) {
    const auto outcome = world.submit(
        order_of({item("PEN", 2), {product_id(2), std::nullopt, 3, {}}, item("LAP-15", 1)}));
    const OrderCreated& event = created(outcome);
    ASSERT_EQ(event.items.size(), 2U);
    EXPECT_EQ(event.items[0].quantity, 5);
    EXPECT_EQ(event.items[0].line_total.minor, 750);
    EXPECT_EQ(event.items[1].product_name, "Product 1");
    EXPECT_EQ(event.total_amount.minor, 130'749);
    EXPECT_EQ(event.currency.code(), "USD");
}

TEST_F(Placing, an_accepted_order_is_pending_with_a_deadline_and_a_number) {
    const OrderId id = world.place(order_of({item("PEN", 1)}));
    const Order& order = world.order(id);
    EXPECT_EQ(order.status, Status::pending);
    EXPECT_EQ(order.version, 1);
    EXPECT_EQ(order.deadline_at, noon + std::chrono::hours(24));
    EXPECT_EQ(order.order_number.substr(0, 12), "WB-" + noon.date_digits() + "-");
    EXPECT_EQ(order.order_number.size(), 20U);
    EXPECT_EQ(order.order_number.find_first_of("ILOU", 12), std::string::npos);
    EXPECT_EQ(timers_of(world.state),
              (std::vector<TimerChange>{{id.value, noon + std::chrono::hours(24)}}));
}

TEST_F(Placing, a_number_that_is_taken_is_drawn_again) {
    const Facts facts(noon, {"customer1", "test"}, 7);
    const Command command = order_of({item("PEN", 1)});
    std::set<std::string> drawn;
    for (int i = 0; i < 100; ++i) {
        const std::string number = created(decide(world.state, command, facts)).order_number;
        EXPECT_TRUE(drawn.insert(number).second);
        world.state.numbers.insert(number);
    }
}

TEST_F(Placing, numbers_follow_the_time_of_day) {
    const auto number_at = [](Timestamp now) {
        return draw_order_number(Facts(now, {"customer1", "test"}, 7), 0);
    };
    const std::chrono::microseconds day = std::chrono::hours(24);
    const Timestamp midnight{noon.us / day.count() * day.count()};
    EXPECT_EQ(number_at(midnight).substr(12, 4), "0000");
    EXPECT_EQ(number_at(midnight + day / 2).substr(12, 4), "G000");
    EXPECT_EQ(number_at(midnight + day - Duration(1)).substr(12, 4), "ZZZZ");
    EXPECT_LT(number_at(noon), number_at(noon + std::chrono::milliseconds(83)));
}

TEST_F(Placing, the_number_that_will_be_tried_first_is_looked_up) {
    const Facts facts(noon, {"customer1", "test"}, 7);
    const Command command = order_of({item("PEN", 1)});
    const Keys keys = keys_of(command, facts);
    const std::string number = created(decide(world.state, command, facts)).order_number;
    EXPECT_EQ(keys.of(orders_key, by_number), std::vector<std::string_view>{number});
}

TEST_F(Placing, an_older_definition_never_replaces_a_newer_one) {
    auto entry = product(2, "PEN", 200);
    entry.version = 3;
    world.stock(entry);
    entry.version = 2;
    entry.price.minor = 100;
    EXPECT_EQ(nothing(world.submit(RememberProduct{entry})), "older_version");
    EXPECT_EQ(nothing(world.submit(ForgetProduct{entry})), "older_version");
    EXPECT_EQ(created(world.submit(order_of({item("PEN", 1)}))).total_amount.minor, 200);
}

TEST_F(Placing, a_sku_that_a_deleted_product_left_can_be_another_products) {
    auto old = product(2, "PEN", 150);
    old.version = 2;
    world.submit(ForgetProduct{old});
    world.stock(product(5, "PEN", 175));
    EXPECT_EQ(created(world.submit(order_of({item("PEN", 1)}))).items[0].product_id, product_id(5));
}

TEST_F(Placing, a_renamed_product_is_found_by_its_new_sku_alone) {
    auto entry = product(2, "PENCIL", 150);
    entry.version = 2;
    world.stock(entry);
    EXPECT_EQ(faults(world.submit(order_of({item("PEN", 1)}))), Pointers{"/items/0/sku"});
    EXPECT_EQ(types(world.submit(order_of({item("PENCIL", 1)}))), "OrderCreated");
}

}  // namespace
}  // namespace waybill::orders
