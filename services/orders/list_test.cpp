#include "services/orders/service_testing.hpp"

namespace waybill::orders {
namespace {

using testing::Asked;

class OrderLists : public testing::ServiceTest {
 protected:
    std::string laptop(const http::Principal& who) {
        return text(call("POST", "", who, {.body = R"({"items":[{"sku":"LAP-15","quantity":1}]})"}),
                    "id");
    }
    std::vector<std::string> ids(const http::Principal& who, std::string query) {
        const auto response = call("GET", "", who, {.query = std::move(query)});
        EXPECT_EQ(response.status, 200) << response.body.bytes();
        const auto list = body(response);
        next_ = std::string(list.text_at("nextCursor"));
        std::vector<std::string> all;
        for (const auto& order : list.find("items")->items()) all.emplace_back(order.text_at("id"));
        return all;
    }
    std::string next_;
};
using Ids = std::vector<std::string>;

TEST_F(OrderLists, refuse_every_bad_value_at_once) {
    const auto refused =
        call("GET", "", alice_, {.query = "status=Lost&createdFrom=today&createdTo=1&sku="});
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(body(refused).find("errors")->items().size(), 4U);
}

TEST_F(OrderLists, show_customers_their_own_newest_first) {
    const std::string first = place(alice_);
    place(bob_);
    const std::string second = place(alice_);
    EXPECT_EQ(ids(alice_, ""), (Ids{second, first}));
    EXPECT_EQ(ids(alice_, "customerId=bob"), Ids{});
    EXPECT_EQ(ids(operator_, "customerId=alice"), (Ids{second, first}));
    EXPECT_EQ(ids(operator_, "").size(), 3U);
}

TEST_F(OrderLists, are_narrowed_by_every_filter) {
    const std::string old = laptop(alice_);
    rig_.run(std::chrono::hours(1));
    const std::string since = rig_.env().now().to_string();
    const std::string pens = place(alice_);
    const std::string pair = laptop(bob_);
    call("POST", "/" + pair + "/cancel", operator_);
    EXPECT_EQ(ids(operator_, "sku=LAP-15"), (Ids{pair, old}));
    EXPECT_EQ(ids(operator_, "sku=LAP-15&status=Cancelled"), Ids{pair});
    EXPECT_EQ(ids(operator_, "status=Pending"), (Ids{pens, old}));
    EXPECT_EQ(ids(operator_, "createdFrom=" + since), (Ids{pair, pens}));
    EXPECT_EQ(ids(operator_, "createdTo=" + since), Ids{old});
    EXPECT_EQ(
        ids(operator_, "createdFrom=0001-01-01T00:00:00Z&createdTo=9999-12-31T00:00:00Z").size(),
        3U);
    EXPECT_EQ(ids(operator_, "sku=PEN&createdTo=" + since), Ids{});
}

TEST_F(OrderLists, give_every_order_once_page_by_page_while_new_ones_come) {
    Ids placed;
    for (int i = 0; i < 5; ++i) placed.insert(placed.begin(), place(alice_));
    for (const std::string filter : {"", "&sku=PEN", "&status=Pending"}) {
        Ids seen = ids(alice_, "limit=2" + filter);
        EXPECT_FALSE(next_.empty());
        while (!next_.empty()) {
            const auto page = ids(alice_, "limit=2" + filter + "&cursor=" + next_);
            seen.insert(seen.end(), page.begin(), page.end());
        }
        EXPECT_EQ(seen, placed) << filter;
    }
    ids(alice_, "limit=2");
    const std::string cursor = next_;
    place(alice_);
    EXPECT_EQ(ids(alice_, "limit=2&cursor=" + cursor), (Ids{placed[2], placed[3]}));
}

TEST_F(OrderLists, find_a_sku_over_many_slices_of_time) {
    Ids placed;
    for (int i = 0; i < 9; ++i) {
        placed.insert(placed.begin(), laptop(alice_));
        place(alice_);
        rig_.run(std::chrono::milliseconds(100));
    }
    EXPECT_GT(rig_.number("select count(*) from order_skus where sku = 'LAP-15'"), 2);
    Ids seen = ids(operator_, "limit=2&sku=LAP-15");
    while (!next_.empty()) {
        const auto page = ids(operator_, "limit=2&sku=LAP-15&cursor=" + next_);
        seen.insert(seen.end(), page.begin(), page.end());
    }
    EXPECT_EQ(seen, placed);
}

TEST_F(OrderLists, refuse_a_cursor_that_is_not_theirs) {
    place(alice_);
    place(alice_);
    ids(alice_, "limit=1");
    EXPECT_EQ(call("GET", "", alice_, {.query = "limit=1&cursor=AAAA"}).status, 422);
    EXPECT_EQ(call("GET", "", bob_, {.query = "limit=1&cursor=" + next_}).status, 422);
    EXPECT_EQ(call("GET", "", alice_, {.query = "limit=1&status=Pending&cursor=" + next_}).status,
              422);
}

}  // namespace
}  // namespace waybill::orders
