#include "services/orders/sku_slices.hpp"

#include <algorithm>
#include <tuple>

#include "chassis/sql/rows.hpp"

namespace waybill::orders {
namespace {

// An id begins with 48 bits of milliseconds (RFC 9562, 5.7): all but the last 8 name the slice.
constexpr std::size_t named_bytes = 5;
static_assert(SkuSlice::length_ms == 1 << (48 - 8 * named_bytes));

Uuid bound(const OrderId& id, char filling) {
    std::string bytes(id.value.raw());
    std::fill(bytes.begin() + named_bytes, bytes.end(), filling);
    return *Uuid::from_bytes(bytes);
}

// An order of two products with one sku (the deletion of one is on its way) counts once.
constexpr std::string_view of_slices =
    "id in (select i.order_id from order_skus s join order_items i"
    " on i.order_id >= s.first_id and i.order_id <= s.last_id and i.sku = s.sku"
    " where s.sku = ? and s.first_id < ? and i.order_id < ?"
    " and not exists (select 1 from order_items d where d.order_id = i.order_id"
    " and d.sku = i.sku and d.position < i.position)"
    " order by s.first_id desc, i.order_id desc limit ?)";

}  // namespace

std::vector<SkuSlice> slices_of(const std::vector<const Order*>& orders) {
    std::vector<SkuSlice> slices;
    for (const Order* order : orders)
        for (const OrderLine& line : order->items)
            slices.push_back({line.sku, bound(order->id, '\0'), bound(order->id, '\xFF')});
    const auto key = [](const SkuSlice& slice) { return std::tie(slice.sku, slice.first_id); };
    std::ranges::sort(slices, {}, key);
    const auto again = std::ranges::unique(slices, {}, key);
    slices.erase(again.begin(), again.end());
    return slices;
}

const sql::TypedTable<SkuSlice>& sku_slice_rows() {
    static const auto rows = sql::table<SkuSlice>("order_skus", sql::key("sku", &SkuSlice::sku),
                                                  sql::key("first_id", &SkuSlice::first_id),
                                                  sql::column("last_id", &SkuSlice::last_id));
    return rows;
}

void newest_with_sku(sql::Select<Order>& select, const std::string& sku,
                     const std::optional<Uuid>& before, std::int64_t limit) {
    const Uuid below = before ? *before : *Uuid::from_bytes(std::string(16, '\xFF'));
    select.where_sql(of_slices, sku, below, below, limit);
}

}  // namespace waybill::orders
