#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chassis/sql/select.hpp"
#include "chassis/sql/typed_table.hpp"
#include "services/orders/order.hpp"

/// Finds the orders of a product by its sku. An index entry for each line would be written to a
/// place of its own among millions, a page for each; this one notes a sku once for all the orders
/// of a quarter of a second, whose lines lie next to each other and are looked through.
namespace waybill::orders {

/// The sku is in a line of at least one order whose id is within these two.
struct SkuSlice {
    static constexpr std::int64_t length_ms = 256;
    std::string sku;
    Uuid first_id{};
    Uuid last_id{};
};

/// The slices of these orders' lines, in key order, each once.
std::vector<SkuSlice> slices_of(const std::vector<const Order*>& orders);

const sql::TypedTable<SkuSlice>& sku_slice_rows();

/// Of a list by sku alone: the newest `limit` orders with an id below `before` are left. Looks at
/// no more slices than it takes to find them.
void newest_with_sku(sql::Select<Order>& select, const std::string& sku,
                     const std::optional<Uuid>& before, std::int64_t limit);

}  // namespace waybill::orders
