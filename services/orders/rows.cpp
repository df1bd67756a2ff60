#include "chassis/sql/rows.hpp"

#include "chassis/base/shape_read.hpp"
#include "chassis/base/shape_write.hpp"
#include "services/orders/shapes.hpp"

namespace waybill::orders {
namespace {

// Most orders have no metadata, and NULL costs nothing.
std::optional<std::string> stored_metadata(const Order& order) {
    if (order.metadata.empty()) return std::nullopt;
    return json::write(order.metadata);
}
bool load_metadata(Order& order, std::optional<std::string> text) {
    if (!text) return true;
    auto metadata = json::read<Metadata>(*text);
    if (metadata) order.metadata = std::move(*metadata);
    return metadata.has_value();
}

const Currency& currency_of(const Order& order) {
    return order.currency;
}
void set_currency(Order& order, Currency currency) {
    order.currency = currency;
    order.total_amount.currency = currency;
}

}  // namespace

const sql::TypedTable<Order>& order_rows() {
    static const auto rows = sql::table<Order>(
        "orders", sql::key("id", &Order::id), sql::column("order_number", &Order::order_number),
        sql::column("customer_id", &Order::customer_id),
        sql::column("currency", currency_of, set_currency), sql::column("status", &Order::status),
        sql::column("total_amount", &Order::total_amount),
        sql::column("cancellation_reason", &Order::cancellation_reason),
        sql::column("cancellation_note", &Order::cancellation_note),
        sql::column("tracking_number", &Order::tracking_number),
        sql::column("carrier", &Order::carrier), sql::column("confirmation", &Order::confirmation),
        sql::column("note", &Order::note), sql::column("metadata", stored_metadata, load_metadata),
        sql::column("correlation_id", &Order::correlation_id),
        sql::column("version", &Order::version), sql::column("created_at", &Order::created_at),
        sql::column("reserved_at", &Order::reserved_at),
        sql::column("confirmed_at", &Order::confirmed_at),
        sql::column("cancelled_at", &Order::cancelled_at),
        sql::column("shipped_at", &Order::shipped_at),
        sql::column("deadline_at", &Order::deadline_at),
        sql::column("trace_context", &Order::trace_context));
    return rows;
}

const sql::TypedTable<Order>& order_move_rows() {
    static const auto rows = sql::table<Order>(
        "orders", sql::key("id", &Order::id), sql::column("status", &Order::status),
        sql::column("cancellation_reason", &Order::cancellation_reason),
        sql::column("cancellation_note", &Order::cancellation_note),
        sql::column("tracking_number", &Order::tracking_number),
        sql::column("carrier", &Order::carrier), sql::column("version", &Order::version),
        sql::column("reserved_at", &Order::reserved_at),
        sql::column("confirmed_at", &Order::confirmed_at),
        sql::column("cancelled_at", &Order::cancelled_at),
        sql::column("shipped_at", &Order::shipped_at),
        sql::column("deadline_at", &Order::deadline_at));
    return rows;
}

const sql::TypedTable<ItemRow>& item_rows() {
    static const auto rows = sql::table<ItemRow>(
        "order_items", sql::key("order_id", &ItemRow::order_id),
        sql::key("position", &ItemRow::position), sql::column("id", &ItemRow::line, &OrderLine::id),
        sql::column("product_id", &ItemRow::line, &OrderLine::product_id),
        sql::column("sku", &ItemRow::line, &OrderLine::sku),
        sql::column("product_name", &ItemRow::line, &OrderLine::product_name),
        sql::column("quantity", &ItemRow::line, &OrderLine::quantity),
        sql::column("unit_price", &ItemRow::line, &OrderLine::unit_price),
        sql::column("line_total", &ItemRow::line, &OrderLine::line_total));
    return rows;
}

const sql::TypedTable<CatalogEntry>& catalog_rows() {
    static const auto rows = sql::table<CatalogEntry>(
        "catalog", sql::key("product_id", &CatalogEntry::product_id),
        sql::column("sku", &CatalogEntry::sku), sql::column("name", &CatalogEntry::name),
        sql::column("price", &CatalogEntry::price),
        sql::column("currency", &CatalogEntry::price, &Money::currency),
        sql::column("version", &CatalogEntry::version),
        sql::column("deleted", &CatalogEntry::deleted));
    return rows;
}

}  // namespace waybill::orders
