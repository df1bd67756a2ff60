#include "services/inventory/service_testing.hpp"

namespace waybill::inventory {
namespace {

using testing::Asked;
class ProductsTest : public testing::ServiceTest {};

std::vector<std::string> pointers(const json::Value& problem) {
    std::vector<std::string> all;
    for (const auto& fault : problem.find("errors")->items())
        all.emplace_back(fault.text_at("pointer"));
    return all;
}

TEST_F(ProductsTest, are_written_by_operators_alone) {
    const std::string id = create("PEN", 5);
    for (const auto* method : {"PUT", "PATCH", "DELETE"})
        EXPECT_EQ(call_as(customer_, method, "/products/" + id).status, 403) << method;
    for (const auto* path : {"", ":batch"})
        EXPECT_EQ(call_as(customer_, "POST", "/products" + std::string(path)).status, 403) << path;
    EXPECT_EQ(call_as(customer_, "POST", "/products/" + id + "/adjust").status, 403);
    EXPECT_EQ(call_as(customer_, "GET", "/products/" + id + "/movements").status, 403);
    EXPECT_EQ(call_as(customer_, "GET", "/reservations").status, 403);
}

TEST_F(ProductsTest, refuse_a_body_that_is_none_and_tell_every_fault) {
    EXPECT_EQ(slug(call("POST", "/products", {.body = "[1"})), "malformed-json");
    const auto refused =
        call("POST", "/products",
             {.body = R"({"sku":"","quantity":-1,"price":"x","currency":"XXX0","version":7})"});
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(pointers(body(refused)),
              (std::vector<std::string>{"/sku", "/quantity", "/price", "/currency", "/version",
                                        "/name"}));
}

TEST_F(ProductsTest, show_quantities_to_operators_alone) {
    const auto created = call("POST", "/products", {.body = definition("PEN", 5, 2)});
    const std::string id = text(created, "id");
    EXPECT_EQ(created.headers.get("Location"), "/v1/inventory/products/" + id);
    EXPECT_EQ(created.headers.get("ETag"), "\"1.1\"");
    const auto full = body(call("GET", "/products/" + id));
    EXPECT_EQ(full.find("quantity")->as_int64(), 5);
    EXPECT_EQ(full.find("lowStockThreshold")->as_int64(), 2);
    const auto seen = body(call_as(customer_, "GET", "/products/sku/PEN"));
    EXPECT_EQ(seen.text_at("price"), "12.99");
    EXPECT_EQ(seen.find("availableQuantity")->as_int64(), 5);
    for (const auto* hidden : {"quantity", "reservedQuantity", "lowStockThreshold"})
        EXPECT_EQ(seen.find(hidden), nullptr) << hidden;
}

TEST_F(ProductsTest, never_share_a_sku) {
    create("PEN", 1);
    EXPECT_EQ(slug(call("POST", "/products", {.body = definition("PEN", 1)})), "sku-taken");
    const std::string ink = create("INK", 1);
    EXPECT_EQ(
        slug(call("PATCH", "/products/" + ink, {.body = R"({"sku":"PEN"})", .if_match = "1"})),
        "sku-taken");
}

TEST_F(ProductsTest, are_created_once_for_a_key) {
    const Asked asked{.body = definition("PEN", 1), .key = "k"};
    const auto first = call("POST", "/products", asked);
    const auto again = call("POST", "/products", asked);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.headers.get("Idempotency-Replayed"), "true");
    EXPECT_EQ(again.body.bytes(), first.body.bytes());
    EXPECT_EQ(rig_.number("select count(*) from products"), 1);
}

TEST_F(ProductsTest, are_changed_from_the_version_that_was_read) {
    const std::string id = create("PEN", 5, 3);
    const std::string path = "/products/" + id;
    EXPECT_EQ(slug(call("PATCH", path, {.body = R"({"name":"Quill"})", .if_match = "2"})),
              "version-mismatch");
    const auto patched = call(
        "PATCH", path, {.body = R"({"name":"Quill","lowStockThreshold":null})", .if_match = "1.1"});
    EXPECT_EQ(patched.headers.get("ETag"), "\"2.1\"");
    EXPECT_EQ(text(patched, "name"), "Quill");
    EXPECT_EQ(text(patched, "sku"), "PEN");
    EXPECT_EQ(body(patched).find("lowStockThreshold")->as_int64(), 0);
    EXPECT_EQ(call("PATCH", path, {.body = R"({"name":null})", .if_match = "2"}).status, 422);
    EXPECT_EQ(call("PUT", path, {.body = R"({"name":"Q"})", .if_match = "2"}).status, 422);
    const auto put =
        call("PUT", path, {.body = R"({"sku":"Q","name":"Quill","price":2})", .if_match = "2"});
    EXPECT_EQ(text(put, "price"), "2.00");
    EXPECT_EQ(body(put).find("quantity")->as_int64(), 5);
    EXPECT_EQ(call("GET", "/products/sku/PEN").status, 404);
    EXPECT_EQ(call("GET", "/products/sku/Q").status, 200);
}

TEST_F(ProductsTest, are_gone_when_deleted_and_leave_their_sku) {
    const std::string id = create("PEN", 5);
    EXPECT_EQ(call("DELETE", "/products/" + id, {.if_match = "1"}).status, 204);
    EXPECT_EQ(call("GET", "/products/" + id).status, 404);
    EXPECT_EQ(call("DELETE", "/products/" + id, {.if_match = "2"}).status, 404);
    const std::string next = create("PEN", 2);
    EXPECT_EQ(text(call("GET", "/products/sku/PEN"), "id"), next);
    EXPECT_EQ(listed("/products", "", "id"), std::vector<std::string>{next});
    EXPECT_EQ(listed("/products/" + id + "/movements", "", "kind"),
              std::vector<std::string>{"receive"});
}

TEST_F(ProductsTest, are_adjusted_by_delta_or_by_count) {
    const std::string id = create("PEN", 5);
    const std::string path = "/products/" + id + "/adjust";
    EXPECT_EQ(call("POST", path, {.body = R"({"delta":1})"}).status, 422);
    EXPECT_EQ(call("POST", path, {.body = R"({"delta":1,"quantity":2,"reason":"count"})"}).status,
              422);
    EXPECT_EQ(slug(call("POST", path, {.body = R"({"delta":-6,"reason":"loss"})"})),
              "stock-below-reserved");
    EXPECT_EQ(slug(call("POST", path,
                        {.body = R"({"expectedQuantity":4,"quantity":9,"reason":"count"})"})),
              "quantity-changed");
    const auto adjusted = call(
        "POST", path, {.body = R"({"delta":-2,"reason":"damage","reference":"R-1"})", .key = "a"});
    EXPECT_EQ(body(adjusted).find("quantity")->as_int64(), 3);
    EXPECT_EQ(adjusted.headers.get("ETag"), "\"1.2\"");
    call("POST", path, {.body = R"({"delta":-2,"reason":"damage","reference":"R-1"})", .key = "a"});
    EXPECT_EQ(quantity(id), 3);
    const auto ledger = body(call("GET", "/products/" + id + "/movements"));
    const auto& newest = ledger.find("items")->items()[0];
    EXPECT_EQ(newest.text_at("kind"), "adjust");
    EXPECT_EQ(newest.text_at("reason"), "damage");
    EXPECT_EQ(newest.text_at("reference"), "R-1");
    EXPECT_EQ(newest.find("quantity")->as_int64(), -2);
    EXPECT_EQ(newest.find("quantityAfter")->as_int64(), 3);
    EXPECT_EQ(newest.find("actor")->text_at("subject"), "op");
}

TEST_F(ProductsTest, show_their_ledger_as_it_happened_within_one_microsecond) {
    const std::string id = create("PEN", 50);
    for (int i = 0; i < 12; ++i)
        call("POST", "/products/" + id + "/adjust", {.body = R"({"delta":-1,"reason":"loss"})"});
    std::vector<std::string> newest_first;
    for (int quantity = 38; quantity <= 50; ++quantity)
        newest_first.push_back(std::to_string(quantity));
    std::vector<std::string> shown;
    const auto ledger = body(call("GET", "/products/" + id + "/movements"));
    for (const auto& movement : ledger.find("items")->items())
        shown.push_back(std::to_string(*movement.find("quantityAfter")->as_int64()));
    EXPECT_EQ(shown, newest_first);
}

TEST_F(ProductsTest, of_a_batch_each_have_an_outcome_of_their_own) {
    create("PEN", 1);
    const std::string batch = R"({"items":[)" + definition("A", 1) + "," + definition("PEN", 1) +
                              R"(,{"sku":"B"},)" + definition("B", 2) + "]}";
    const Asked asked{.body = batch, .key = "b"};
    const auto response = call("POST", "/products:batch", asked);
    ASSERT_EQ(response.status, 200) << response.body.bytes();
    const auto answer = body(response);
    const auto outcomes = answer.find("items")->items();
    ASSERT_EQ(outcomes.size(), 4U);
    EXPECT_EQ(outcomes[0].find("status")->as_int64(), 201);
    EXPECT_EQ(outcomes[0].find("resource")->text_at("sku"), "A");
    EXPECT_EQ(outcomes[1].find("status")->as_int64(), 409);
    EXPECT_EQ(outcomes[2].find("status")->as_int64(), 422);
    EXPECT_EQ(pointers(*outcomes[2].find("problem"))[0], "/items/2/name");
    EXPECT_EQ(outcomes[3].find("resource")->text_at("sku"), "B");
    EXPECT_EQ(call("POST", "/products:batch", asked).body.bytes().find("\"resource\""),
              response.body.bytes().find("\"resource\""));
    EXPECT_EQ(rig_.number("select count(*) from products"), 3);
    EXPECT_EQ(call("POST", "/products:batch", {.body = R"({"items":[]})"}).status, 422);
}

TEST_F(ProductsTest, are_found_by_a_part_of_sku_or_name_taken_literally) {
    const std::string percent = create("100%", 1);
    const std::string pen = create("PEN", 1);
    EXPECT_EQ(listed("/products", "q=pen", "id"), std::vector<std::string>{pen});
    EXPECT_EQ(listed("/products", "q=the", "id"), (std::vector<std::string>{pen, percent}));
    EXPECT_EQ(listed("/products", "q=%25", "id"), std::vector<std::string>{percent});
    EXPECT_EQ(listed("/products", "q=_", "id"), std::vector<std::string>{});
    EXPECT_EQ(listed("/products", "limit=1", "id"), std::vector<std::string>{pen});
    EXPECT_EQ(listed("/products", "limit=1&cursor=" + next_, "id"),
              std::vector<std::string>{percent});
    EXPECT_TRUE(next_.empty());
}

TEST_F(ProductsTest, that_run_low_are_listed_and_alerted_once) {
    const std::string id = create("PEN", 5, 5);
    create("INK", 5, 5);
    EXPECT_TRUE(listed("/products/low-stock", "", "sku").empty());
    for (int i = 0; i < 2; ++i)
        call("POST", "/products/" + id + "/adjust", {.body = R"({"delta":-1,"reason":"loss"})"});
    EXPECT_EQ(listed("/products/low-stock", "", "sku"), std::vector<std::string>{"PEN"});
    EXPECT_EQ(rig_.number("select count(*) from events where type = 'LowStockAlert'"), 1);
    EXPECT_EQ(
        rig_.number("select max(aggregate_version) from events where aggregate_type = 'stock'"), 3);
}

}  // namespace
}  // namespace waybill::inventory
