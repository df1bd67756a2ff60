#include "services/inventory/api.hpp"
#include "services/inventory/api_answers.hpp"

namespace waybill::inventory {
namespace {

using http::Call;
using http::Response;
using service::refuse;

Result<std::optional<LineStatus>> status_of(const Call& call) {
    const auto text = call.query.get("status");
    if (!text) return std::nullopt;
    if (auto status = from_word<LineStatus>(*text)) return status;
    return invalid("?status", "must be Active, Released or Fulfilled");
}

/// A product's movements; nothing when there never was such a product.
sql::Result<std::optional<std::vector<Movement>>> ledger(sql::Session& session, ProductId id,
                                                         std::optional<std::int64_t> before,
                                                         std::int64_t limit) {
    auto known = product_known(session, id);
    if (!known) return tl::unexpected(std::move(known.error()));
    if (!*known) return std::nullopt;
    auto rows = list_movements(session, id, before, limit);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    return std::move(*rows);
}

}  // namespace

Task<Response> StockApi::movements(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    auto page = service::page_of(call, ports_.cursors);
    if (!page) co_return refuse(call, page.error());
    auto rows = co_await ports_.readers.read(
        [id = ProductId{*id}, before = number_before(*page), limit = page->limit + 1](
            sql::Session& session) { return ledger(session, id, before, limit); },
        call.deadline, call.request.trace);
    if (!rows) co_return refuse(call, rows.error());
    if (!*rows) co_return refuse(call, no_such_product());
    co_return page_response(
        call, ports_.cursors, std::move(**rows), page->limit,
        [](const Movement& movement) { return to_json(movement); },
        [](const Movement& movement) { return movement.revision; });
}

Task<Response> StockApi::reservations(Call& call) {
    auto page = service::page_of(call, ports_.cursors);
    if (!page) co_return refuse(call, page.error());
    auto order_id = service::uuid_of(call, "orderId");
    if (!order_id) co_return refuse(call, order_id.error());
    auto status = status_of(call);
    if (!status) co_return refuse(call, status.error());
    const ReservationFilter filter{*order_id, *status, after_of(*page)};
    auto rows = co_await ports_.readers.read(
        [filter, limit = page->limit + 1](sql::Session& session) {
            return list_reservations(session, filter, limit);
        },
        call.deadline, call.request.trace);
    if (!rows) co_return refuse(call, rows.error());
    co_return page_response(
        call, ports_.cursors, std::move(*rows), page->limit,
        [](const ReservationView& line) { return to_json(line); },
        [](const ReservationView& line) { return line.id; });
}

void StockApi::add_routes(http::Routes& routes) {
    const http::Parameter limit{"limit", "1..100, 20 by default", false, R"({"type":"integer"})"};
    const http::Parameter cursor{"cursor", "nextCursor of the page before"};
    routes.get("/v1/inventory/products/{id}/movements",
               {.scope = "inventory.read",
                .role = "operator",
                .priority = http::Priority::list,
                .parameters = {limit, cursor},
                .answers = {{200, "Newest first", {"MovementPage", movement_page_schema}}},
                .doc = "The ledger of a product's stock",
                .operation_id = "listMovements"},
               [this](Call& call) { return movements(call); });
    routes.get("/v1/inventory/reservations",
               {.scope = "inventory.read",
                .role = "operator",
                .priority = http::Priority::list,
                .parameters = {{"orderId", "Lines of this order's reservation"},
                               {"status", "Lines in this state"},
                               limit,
                               cursor},
                .answers = {{200, "Newest first", {"ReservationPage", reservation_page_schema}}},
                .doc = "Lines of reservations",
                .operation_id = "listReservations"},
               [this](Call& call) { return reservations(call); });
}

}  // namespace waybill::inventory
