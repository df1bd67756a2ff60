#include <array>
#include <map>

#include "chassis/sql/select.hpp"
#include "services/inventory/store.hpp"

namespace waybill::inventory {
namespace {

using sql::Is;

template <class T>
sql::Result<std::optional<T>> first(sql::Result<std::vector<T>> found) {
    if (!found) return tl::unexpected(std::move(found.error()));
    if (found->empty()) return std::nullopt;
    return std::move(found->front());
}

/// The skus of products, deleted ones too.
sql::Result<std::map<ProductId, std::string>> skus_of(sql::Session& session,
                                                      const std::vector<LineRow>& lines) {
    std::vector<sql::Cell> ids;
    for (const LineRow& row : lines) ids.push_back(sql::id_cell(row.line.product_id.value));
    std::map<ProductId, std::string> skus;
    if (ids.empty()) return skus;
    auto products = product_rows().load(session, ids, false);
    if (!products) return tl::unexpected(std::move(products.error()));
    for (Product& product : *products) skus[product.id] = std::move(product.sku);
    return skus;
}

sql::Result<std::map<ReservationId, Reservation>> reservations_of(
    sql::Session& session, const std::vector<LineRow>& lines) {
    std::vector<sql::Cell> ids;
    for (const LineRow& row : lines) ids.push_back(sql::id_cell(row.reservation_id.value));
    std::map<ReservationId, Reservation> reservations;
    if (ids.empty()) return reservations;
    auto rows = reservation_rows().load_by(session, "id", ids, false);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    for (Reservation& row : *rows) reservations[row.id] = std::move(row);
    return reservations;
}

}  // namespace

sql::Result<std::optional<Product>> find_product(sql::Session& session, ProductId id) {
    return first(sql::Select(product_rows())
                     .where("id", Is::equal, id)
                     .where_null("deleted_at")
                     .limit(1)
                     .run(session));
}

sql::Result<std::optional<Product>> find_product(sql::Session& session, std::string_view sku) {
    return first(sql::Select(product_rows())
                     .where("sku", Is::equal, sku)
                     .where_null("deleted_at")
                     .limit(1)
                     .run(session));
}

sql::Result<bool> product_known(sql::Session& session, ProductId id) {
    const std::array<sql::Cell, 1> key{sql::id_cell(id.value)};
    auto found = product_rows().load(session, key, false);
    if (!found) return tl::unexpected(std::move(found.error()));
    return !found->empty();
}

sql::Result<std::vector<Product>> list_products(sql::Session& session, const ProductFilter& filter,
                                                std::int64_t limit) {
    sql::Select select(product_rows());
    select.where_null("deleted_at");
    if (filter.low_stock) select.where("low_stock", Is::equal, true);
    if (filter.text) select.containing({"sku", "name"}, *filter.text);
    if (filter.after) select.where("id", Is::less, *filter.after);
    return select.order_by("id", sql::Sort::descending).limit(limit).run(session);
}

sql::Result<std::vector<Movement>> list_movements(sql::Session& session, ProductId product,
                                                  std::optional<std::int64_t> before,
                                                  std::int64_t limit) {
    sql::Select select(movement_rows());
    select.where("product_id", Is::equal, product);
    if (before) select.where("revision", Is::less, *before);
    return select.order_by("revision", sql::Sort::descending).limit(limit).run(session);
}

sql::Result<std::int64_t> count_low_products(sql::Session& session) {
    auto rows = session.query(
        "select count(*) from products where low_stock = 1 and deleted_at is null", {});
    if (!rows) return tl::unexpected(std::move(rows.error()));
    return std::get<std::int64_t>(rows->row(0)[0]);
}

sql::Result<std::vector<ReservationView>> list_reservations(sql::Session& session,
                                                            const ReservationFilter& filter,
                                                            std::int64_t limit) {
    sql::Select select(line_rows());
    if (filter.order_id)
        select.where_sql("reservation_id in (select id from reservations where order_id = ?)",
                         *filter.order_id);
    if (filter.status) select.where("status", Is::equal, *filter.status);
    if (filter.after) select.where("id", Is::less, *filter.after);
    auto lines = select.order_by("id", sql::Sort::descending).limit(limit).run(session);
    if (!lines) return tl::unexpected(std::move(lines.error()));
    auto skus = skus_of(session, *lines);
    if (!skus) return tl::unexpected(std::move(skus.error()));
    auto reservations = reservations_of(session, *lines);
    if (!reservations) return tl::unexpected(std::move(reservations.error()));

    std::vector<ReservationView> views;
    for (const LineRow& row : *lines) {
        const Reservation& reservation = (*reservations)[row.reservation_id];
        views.push_back({row.line.id, row.line.product_id, (*skus)[row.line.product_id],
                         reservation.order_id, row.line.quantity, row.line.status,
                         reservation.reserved_at, reservation.released_at});
    }
    return views;
}

}  // namespace waybill::inventory
