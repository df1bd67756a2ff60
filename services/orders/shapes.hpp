#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/sql/typed_table.hpp"
#include "services/orders/commands.hpp"
#include "services/orders/events.hpp"

/// The orders service's types as JSON and as rows; described in shapes.cpp.
namespace waybill::orders {

std::string to_json(const Order&);

/// Bodies of requests. They fail with malformed-json or with every fault of validation-failed.
Result<PlaceOrder> place_order_from_json(std::string_view body);
/// Actions may come without a body.
Result<ConfirmOrder> confirm_order_from_json(std::string_view body);
Result<CancelOrder> cancel_order_from_json(std::string_view body);
Result<ShipOrder> ship_order_from_json(std::string_view body);

/// JSON Schemas.
std::string order_schema();
std::string order_page_schema();
std::string place_order_schema();
std::string cancel_order_schema();
std::string ship_order_schema();
/// Of every published event's data, by type.
std::vector<std::pair<std::string_view, std::string>> event_schemas();

/// A row of `order_items`: `position` counts an order's lines from 0.
struct ItemRow {
    OrderId order_id{};
    std::int64_t position = 0;
    OrderLine line;
};

/// `orders` without the lines, whose currency is the order's own.
const sql::TypedTable<Order>& order_rows();
/// The columns of `orders` that a move changes.
const sql::TypedTable<Order>& order_move_rows();
const sql::TypedTable<ItemRow>& item_rows();
const sql::TypedTable<CatalogEntry>& catalog_rows();

}  // namespace waybill::orders
