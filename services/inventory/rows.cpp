#include "chassis/sql/rows.hpp"

#include "services/inventory/shapes.hpp"

namespace waybill::inventory {
namespace {

const Currency& currency_of(const Product& product) {
    return product.currency;
}
void set_currency(Product& product, Currency currency) {
    product.currency = product.price.currency = currency;
}

}  // namespace

const sql::TypedTable<Product>& product_rows() {
    static const auto rows = sql::table<Product>(
        "products", sql::key("id", &Product::id), sql::column("sku", &Product::sku),
        sql::column("name", &Product::name), sql::column("description", &Product::description),
        sql::column("quantity", &Product::quantity),
        sql::column("reserved_quantity", &Product::reserved_quantity),
        sql::column("low_stock_threshold", &Product::low_stock_threshold),
        sql::column("low_stock", &Product::low_stock), sql::column("price", &Product::price),
        sql::column("currency", currency_of, set_currency),
        sql::column("version", &Product::version),
        sql::column("stock_version", &Product::stock_version),
        sql::column("stock_revision", &Product::stock_revision),
        sql::column("created_at", &Product::created_at),
        sql::column("updated_at", &Product::updated_at),
        sql::column("deleted_at", &Product::deleted_at));
    return rows;
}

const sql::TypedTable<Reservation>& reservation_rows() {
    static const auto rows = sql::table<Reservation>(
        "reservations", sql::key("order_id", &Reservation::order_id),
        sql::column("id", &Reservation::id), sql::column("status", &Reservation::status),
        sql::column("version", &Reservation::version),
        sql::column("reserved_at", &Reservation::reserved_at),
        sql::column("released_at", &Reservation::released_at));
    return rows;
}

const sql::TypedTable<LineRow>& line_rows() {
    static const auto rows = sql::table<LineRow>(
        "reservation_lines", sql::key("id", &LineRow::line, &ReservationLine::id),
        sql::column("reservation_id", &LineRow::reservation_id),
        sql::column("product_id", &LineRow::line, &ReservationLine::product_id),
        sql::column("quantity", &LineRow::line, &ReservationLine::quantity),
        sql::column("status", &LineRow::line, &ReservationLine::status));
    return rows;
}

const sql::TypedTable<LineRow>& line_status_rows() {
    static const auto rows = sql::table<LineRow>(
        "reservation_lines", sql::key("id", &LineRow::line, &ReservationLine::id),
        sql::column("status", &LineRow::line, &ReservationLine::status));
    return rows;
}

const sql::TypedTable<Movement>& movement_rows() {
    static const auto rows = sql::table<Movement>(
        "stock_movements", sql::key("product_id", &Movement::product_id),
        sql::key("revision", &Movement::revision), sql::column("id", &Movement::id),
        sql::column("kind", &Movement::kind), sql::column("quantity", &Movement::quantity),
        sql::column("order_id", &Movement::order_id), sql::column("reason", &Movement::reason),
        sql::column("reference", &Movement::reference),
        sql::column("quantity_after", &Movement::quantity_after),
        sql::column("reserved_after", &Movement::reserved_after),
        sql::column("actor_subject", &Movement::actor, &Actor::subject),
        sql::column("actor_client", &Movement::actor, &Actor::client),
        sql::column("at", &Movement::at));
    return rows;
}

}  // namespace waybill::inventory
