#include "services/inventory/api.hpp"
#include "services/inventory/shapes.hpp"

namespace waybill::inventory {
namespace {

using http::Answer;
using http::Call;
using http::Parameter;
using http::Priority;
using http::Schema;

constexpr Schema product_body{"Product", product_schema};
constexpr std::string_view problem_json = "application/problem+json";

std::vector<Answer> changed(std::string_view what) {
    return {{200, what, product_body},
            {404, "There is no such product", {}, problem_json},
            {409, "The product's state does not allow it", {}, problem_json},
            {412, "The definition has another version", {}, problem_json}};
}

}  // namespace

void ProductsApi::add_routes(http::Routes& routes) {
    add_reads(routes);
    add_changes(routes);
    add_definition_changes(routes);
}

void ProductsApi::add_reads(http::Routes& routes) {
    const std::vector<Answer> one{{200, "The product", product_body},
                                  {404, "There is no such product", {}, problem_json}};
    const std::vector<Answer> many{{200, "Newest first", {"ProductPage", product_page_schema}}};
    const Parameter limit{"limit", "1..100, 20 by default", false, R"({"type":"integer"})"};
    const Parameter cursor{"cursor", "nextCursor of the page before"};
    routes.get(
        "/v1/inventory/products",
        {.scope = "inventory.read",
         .priority = Priority::list,
         .parameters = {{"q", "Part of the sku or the name, in any letter case"}, limit, cursor},
         .answers = many,
         .doc = "List or search products",
         .operation_id = "listProducts"},
        [this](Call& call) { return list(call); });
    routes.get("/v1/inventory/products/low-stock",
               {.scope = "inventory.read",
                .priority = Priority::list,
                .parameters = {limit, cursor},
                .answers = many,
                .doc = "Products with less available than their threshold",
                .operation_id = "listLowStock"},
               [this](Call& call) { return list_low(call); });
    routes.get("/v1/inventory/products/sku/{sku}",
               {.scope = "inventory.read",
                .answers = one,
                .doc = "Read a product by its sku",
                .operation_id = "getProductBySku"},
               [this](Call& call) { return get_by_sku(call); });
    routes.get("/v1/inventory/products/{id}",
               {.scope = "inventory.read",
                .answers = one,
                .doc = "Read a product",
                .operation_id = "getProduct"},
               [this](Call& call) { return get(call); });
}

void ProductsApi::add_changes(http::Routes& routes) {
    routes.post("/v1/inventory/products",
                {.scope = "inventory.write",
                 .role = "operator",
                 .idempotent_key = true,
                 .priority = Priority::create,
                 .body = {"CreateProduct", create_product_schema},
                 .answers = {{201, "The product", product_body},
                             {409, "Another product has the sku", {}, problem_json}},
                 .doc = "Create a product",
                 .operation_id = "createProduct"},
                [this](Call& call) { return create(call); });
    routes.del("/v1/inventory/products/{id}",
               {.scope = "inventory.write",
                .role = "operator",
                .if_match_required = true,
                .priority = Priority::create,
                .answers = {{204, "Deleted"}, {409, "Orders hold stock of it", {}, problem_json}},
                .doc = "Delete a product; its sku is free again",
                .operation_id = "deleteProduct"},
               [this](Call& call) { return remove(call); });
    routes.post("/v1/inventory/products/{id}/adjust",
                {.scope = "inventory.write",
                 .role = "operator",
                 .idempotent_key = true,
                 .if_match = true,
                 .priority = Priority::create,
                 .body = {"AdjustStock", adjust_stock_schema},
                 .answers = changed("The product with its new quantity"),
                 .doc = "Change how much of a product is on hand",
                 .operation_id = "adjustStock"},
                [this](Call& call) { return adjust(call); });
}

void ProductsApi::add_definition_changes(http::Routes& routes) {
    routes.put("/v1/inventory/products/{id}",
               {.scope = "inventory.write",
                .role = "operator",
                .if_match_required = true,
                .priority = Priority::create,
                .body = {"PutProduct", put_product_schema},
                .answers = changed("The product as it is defined now"),
                .doc = "Replace a product's definition",
                .operation_id = "putProduct"},
               [this](Call& call) { return put(call); });
    routes.patch("/v1/inventory/products/{id}",
                 {.scope = "inventory.write",
                  .role = "operator",
                  .if_match_required = true,
                  .priority = Priority::create,
                  .body = {"PatchProduct", patch_product_schema},
                  .body_media_type = "application/merge-patch+json",
                  .answers = changed("The product as it is defined now"),
                  .doc = "Change parts of a product's definition",
                  .operation_id = "patchProduct"},
                 [this](Call& call) { return patch(call); });
}

}  // namespace waybill::inventory
