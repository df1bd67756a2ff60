#include "chassis/http/openapi.hpp"

#include <gtest/gtest.h>

#include "chassis/base/json.hpp"
#include "chassis/runtime/task.hpp"

namespace waybill::http {
namespace {

Task<Response> nothing(Call&) {
    co_return Response{};
}

const Schema order{"Order", [] { return std::string(R"({"type":"object"})"); }};
const Schema place_order{"PlaceOrder",
                         [] { return std::string(R"({"type":"object","required":["items"]})"); }};

/// The value at a path of member names.
const json::Value* at(const json::Value& root, std::initializer_list<std::string_view> names) {
    const json::Value* value = &root;
    for (const std::string_view name : names)
        if (value) value = value->find(name);
    return value;
}

class OpenApi : public testing::Test {
 protected:
    OpenApi() {
        orders_.post("/v1/orders",
                     {.scope = "orders.write",
                      .owner = true,
                      .idempotent_key = true,
                      .body = place_order,
                      .answers = {{.status = 201, .description = "Made", .body = order}},
                      .doc = "Place an order",
                      .operation_id = "placeOrder"},
                     nothing);
        orders_.get(
            "/v1/orders",
            {.scope = "orders.read",
             .parameters = {{.name = "limit", .doc = "At most", .schema = R"({"type":"integer"})"}},
             .answers = {{.status = 200, .description = "A page"}}},
            nothing);
        orders_.post("/v1/orders/{id}/items/{item}:split",
                     {.scope = "orders.write", .role = "operator"}, nothing);
        audit_.get("/v1/orders/{id}/journey",
                   {.scope = "orders.read",
                    .answers = {{.status = 200, .description = "", .body = order}}},
                   nothing);
        audit_.get("/health/live", {.scope = "public"}, nothing);
    }
    json::Document document() {
        auto parsed = json::parse(openapi({.title = "Test", .version = "9"}, {&orders_, &audit_}));
        if (!parsed) ADD_FAILURE() << parsed.error().detail;
        return std::move(*parsed);
    }
    Routes orders_{"orders"};
    Routes audit_{"audit"};
};

TEST_F(OpenApi, IsOneDocumentOfVersionThreeOne) {
    const auto root = document();
    EXPECT_EQ(root.text_at("openapi"), "3.1.0");
    EXPECT_EQ(at(root, {"info"})->text_at("title"), "Test");
    EXPECT_EQ(at(root, {"info"})->text_at("version"), "9");
    EXPECT_EQ(at(root, {"paths"})->members().size(), 4U);
    EXPECT_EQ(at(root, {"tags"})->items().size(), 2U);
}

TEST_F(OpenApi, GathersTheMethodsOfAPath) {
    const auto root = document();
    const json::Value* path = at(root, {"paths", "/v1/orders"});
    ASSERT_NE(path, nullptr);
    ASSERT_EQ(path->members().size(), 2U);
    EXPECT_EQ(path->find("post")->text_at("operationId"), "placeOrder");
    EXPECT_EQ(path->find("post")->text_at("summary"), "Place an order");
}

TEST_F(OpenApi, DeclaresEveryParameterOfATemplate) {
    const auto root = document();
    const json::Value* parameters =
        at(root, {"paths", "/v1/orders/{id}/items/{item}:split", "post", "parameters"});
    ASSERT_NE(parameters, nullptr);
    ASSERT_EQ(parameters->items().size(), 2U);
    EXPECT_EQ(parameters->items()[0].text_at("name"), "id");
    EXPECT_EQ(parameters->items()[1].text_at("name"), "item");
    for (const json::Value& parameter : parameters->items()) {
        EXPECT_EQ(parameter.text_at("in"), "path");
        EXPECT_TRUE(parameter.find("required")->boolean());
    }
}

TEST_F(OpenApi, NamesHeadersAndQueryParameters) {
    const auto root = document();
    const auto key = at(root, {"paths", "/v1/orders", "post", "parameters"})->items()[0];
    EXPECT_EQ(key.text_at("name"), "Idempotency-Key");
    EXPECT_EQ(key.text_at("in"), "header");
    const auto limit = at(root, {"paths", "/v1/orders", "get", "parameters"})->items()[0];
    EXPECT_EQ(limit.text_at("in"), "query");
    EXPECT_EQ(limit.find("schema")->text_at("type"), "integer");
}

TEST_F(OpenApi, SaysWhichScopeIsNeededAndWhereNone) {
    const auto root = document();
    const json::Value* security = at(root, {"paths", "/v1/orders", "get", "security"});
    ASSERT_EQ(security->items().size(), 1U);
    EXPECT_EQ(security->items()[0].find("bearer")->items()[0].text(), "orders.read");
    EXPECT_TRUE(at(root, {"paths", "/health/live", "get", "security"})->items().empty());
    EXPECT_EQ(at(root, {"paths", "/v1/orders/{id}/items/{item}:split", "post"})->text_at("x-role"),
              "operator");
}

TEST_F(OpenApi, SaysWhichRoutesCheckTheOwner) {
    const auto root = document();
    const json::Value* owned = at(root, {"paths", "/v1/orders", "post", "x-owner"});
    ASSERT_NE(owned, nullptr);
    EXPECT_TRUE(owned->boolean());
    EXPECT_EQ(at(root, {"paths", "/health/live", "get", "x-owner"}), nullptr);
}

TEST_F(OpenApi, RefersToSchemasThatExistOnce) {
    const auto root = document();
    const json::Value* schemas = at(root, {"components", "schemas"});
    ASSERT_NE(schemas, nullptr);
    EXPECT_EQ(schemas->members().size(), 3U) << "Order, PlaceOrder, Problem";
    EXPECT_EQ(at(root, {"paths", "/v1/orders", "post", "requestBody", "content", "application/json",
                        "schema"})
                  ->text_at("$ref"),
              "#/components/schemas/PlaceOrder");
    EXPECT_EQ(at(root, {"paths", "/v1/orders/{id}/journey", "get", "responses", "200", "content",
                        "application/json", "schema"})
                  ->text_at("$ref"),
              "#/components/schemas/Order");
    EXPECT_EQ(at(root, {"paths", "/health/live", "get", "responses", "default", "content",
                        "application/problem+json", "schema"})
                  ->text_at("$ref"),
              "#/components/schemas/Problem");
}

}  // namespace
}  // namespace waybill::http
