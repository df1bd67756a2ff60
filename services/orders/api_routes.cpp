#include "services/orders/api.hpp"
#include "services/orders/shapes.hpp"

namespace waybill::orders {
namespace {

using http::Answer;
using http::Call;
using http::Priority;
using http::Schema;

constexpr Schema order_body{"Order", order_schema};
constexpr std::string_view problem_json = "application/problem+json";

std::vector<Answer> moved(std::string_view what) {
    return {{200, what, order_body},
            {404, "No order of the caller's has this id", {}, problem_json},
            {409, "The order's state does not allow it", {}, problem_json},
            {412, "The order has another version", {}, problem_json}};
}

}  // namespace

void OrdersApi::add_routes(http::Routes& routes) {
    routes.post("/v1/orders",
                {.scope = "orders.write",
                 .owner = true,
                 .idempotent_key = true,
                 .priority = Priority::create,
                 .body = {"PlaceOrder", place_order_schema},
                 .answers = {{201, "The order: Pending, or settled when waited for", order_body},
                             {403, "Only operators order for others", {}, problem_json},
                             {409, "A price is not the asserted one", {}, problem_json},
                             {422, "Not a valid order, or an unknown product", {}, problem_json}},
                 .doc = "Place an order",
                 .operation_id = "placeOrder"},
                [this](Call& call) { return place(call); });
    add_reads(routes);
    add_moves(routes);
}

void OrdersApi::add_reads(http::Routes& routes) {
    const std::vector<Answer> one{{200, "The order", order_body},
                                  {404, "No order of the caller's is it", {}, problem_json}};
    constexpr std::string_view time_schema = R"({"type":"string","format":"date-time"})";
    routes.get("/v1/orders",
               {.scope = "orders.read",
                .owner = true,
                .priority = Priority::list,
                .parameters = {{"status", "Orders in this state"},
                               {"customerId", "Orders of this customer"},
                               {"createdFrom", "Created at or after", false, time_schema},
                               {"createdTo", "Created before", false, time_schema},
                               {"sku", "Orders with a line of this sku"},
                               {"limit", "1..100, 20 by default", false, R"({"type":"integer"})"},
                               {"cursor", "nextCursor of the page before"}},
                .answers = {{200, "Newest first", {"OrderPage", order_page_schema}}},
                .doc = "List orders; a customer sees its own",
                .operation_id = "listOrders"},
               [this](Call& call) { return list(call); });
    routes.get("/v1/orders/number/{number}",
               {.scope = "orders.read",
                .owner = true,
                .answers = one,
                .doc = "Read an order by its number",
                .operation_id = "getOrderByNumber"},
               [this](Call& call) { return get_by_number(call); });
    routes.get("/v1/orders/{id}",
               {.scope = "orders.read",
                .owner = true,
                .answers = one,
                .doc = "Read an order",
                .operation_id = "getOrder"},
               [this](Call& call) { return get(call); });
    routes.get("/v1/orders/{id}/stream",
               {.scope = "orders.read",
                .owner = true,
                .streams = true,
                .parameters = {{"Last-Event-ID", "Resumes after this version", true}},
                .answers = {{200, "Server-sent events", {}, "text/event-stream"}},
                .doc = "The order's events as they happen",
                .operation_id = "streamOrder"},
               [this](Call& call) { return stream(call); });
}

void OrdersApi::add_moves(http::Routes& routes) {
    routes.post("/v1/orders/{id}/confirm",
                {.scope = "orders.write",
                 .role = "operator",
                 .idempotent_key = true,
                 .if_match = true,
                 .body_optional = true,
                 .priority = Priority::move,
                 .answers = moved("The confirmed order"),
                 .doc = "Confirm a reserved order",
                 .operation_id = "confirmOrder"},
                [this](Call& call) { return confirm(call); });
    routes.post("/v1/orders/{id}/cancel",
                {.scope = "orders.write",
                 .owner = true,
                 .idempotent_key = true,
                 .if_match = true,
                 .body_optional = true,
                 .priority = Priority::move,
                 .body = {"CancelOrder", cancel_order_schema},
                 .answers = moved("The cancelled order"),
                 .doc = "Cancel an order that is not shipped",
                 .operation_id = "cancelOrder"},
                [this](Call& call) { return cancel(call); });
    routes.post("/v1/orders/{id}/ship",
                {.scope = "orders.write",
                 .role = "operator",
                 .idempotent_key = true,
                 .if_match = true,
                 .priority = Priority::move,
                 .body = {"ShipOrder", ship_order_schema},
                 .answers = moved("The shipped order"),
                 .doc = "Ship a confirmed order",
                 .operation_id = "shipOrder"},
                [this](Call& call) { return ship(call); });
}

}  // namespace waybill::orders
