#include "services/orders/store.hpp"

#include <algorithm>
#include <array>

#include "chassis/sql/select.hpp"
#include "services/orders/shapes.hpp"
#include "services/orders/sku_slices.hpp"

namespace waybill::orders {
namespace {

using sql::Is;

/// Adds the lines to orders that came without them; `orders` in id order.
sql::Status add_lines(sql::Session& session, std::vector<Order>& orders) {
    if (orders.empty()) return {};
    std::vector<sql::Cell> ids;
    for (const Order& order : orders) ids.emplace_back(sql::Bytes(order.id.value.raw()));
    auto items = item_rows().load(session, ids, false);
    if (!items) return tl::unexpected(std::move(items.error()));
    auto order = orders.begin();
    for (ItemRow& item : *items) {
        while (order->id != item.order_id) ++order;
        item.line.unit_price.currency = item.line.line_total.currency = order->currency;
        order->items.push_back(std::move(item.line));
    }
    return {};
}

std::vector<ProductId> product_ids(const std::vector<std::string_view>& keys) {
    std::vector<ProductId> ids;
    for (const auto key : keys) ids.push_back(ProductId{*Uuid::from_bytes(key)});
    return ids;
}

sql::Status load_orders(sql::Session& session, const Keys& keys, State& state) {
    const auto wanted = keys.of(orders_key, by_id);
    if (!wanted.empty()) {
        auto orders = order_rows().load(session, wanted, true);
        if (!orders) return tl::unexpected(std::move(orders.error()));
        if (auto added = add_lines(session, *orders); !added) return added;
        for (Order& order : *orders) state.orders.loaded(&Order::id, std::move(order));
        for (const auto key : wanted) state.orders.absent(OrderId{*Uuid::from_bytes(key)});
    }
    const auto numbers = keys.of(orders_key, by_number);
    if (numbers.empty()) return {};
    auto taken = order_rows().load_by(session, "order_number", sql::cells_of(numbers), false);
    if (!taken) return tl::unexpected(std::move(taken.error()));
    for (Order& order : *taken) state.numbers.insert(std::move(order.order_number));
    return {};
}

/// Two live entries may share a sku while the deletion of one is on its way: the newer holds it.
sql::Status load_skus(sql::Session& session, const Keys& keys, State& state) {
    const auto wanted = keys.of(catalog_key, by_sku);
    if (wanted.empty()) return {};
    auto entries = catalog_rows().load_by(session, "sku", sql::cells_of(wanted), false);
    if (!entries) return tl::unexpected(std::move(entries.error()));
    for (CatalogEntry& entry : *entries) {
        if (!entry.deleted) state.skus.loaded(entry.sku, entry.product_id);
        state.catalog.loaded(&CatalogEntry::product_id, std::move(entry));
    }
    for (const auto sku : wanted) state.skus.absent(std::string(sku));
    return {};
}

sql::Status load_catalog(sql::Session& session, const Keys& keys, State& state) {
    std::vector<std::string_view> wanted;
    bool lock = false;
    for (const Key& key : keys.all()) {
        if (key.table != catalog_key || key.index != by_id) continue;
        wanted.emplace_back(key.value);
        lock = lock || key.change;
    }
    if (!wanted.empty()) {
        auto entries = catalog_rows().load(session, wanted, lock);
        if (!entries) return tl::unexpected(std::move(entries.error()));
        for (CatalogEntry& entry : *entries)
            state.catalog.loaded(&CatalogEntry::product_id, std::move(entry));
        for (const ProductId id : product_ids(wanted)) state.catalog.absent(id);
    }
    return load_skus(session, keys, state);
}

std::vector<ItemRow> lines_of(const std::vector<const Order*>& orders) {
    std::vector<ItemRow> rows;
    for (const Order* order : orders) {
        std::int64_t position = 0;
        for (const OrderLine& line : order->items) rows.push_back({order->id, position++, line});
    }
    return rows;
}

template <class T>
std::vector<const T*> pointers(const std::vector<T>& rows) {
    std::vector<const T*> all;
    all.reserve(rows.size());
    for (const T& row : rows) all.push_back(&row);
    return all;
}

sql::Result<std::optional<Order>> first(sql::Session& session,
                                        sql::Result<std::vector<Order>> found) {
    if (!found) return tl::unexpected(std::move(found.error()));
    if (found->empty()) return std::nullopt;
    if (auto added = add_lines(session, *found); !added)
        return tl::unexpected(std::move(added.error()));
    return std::move(found->front());
}

struct IdRange {
    std::optional<Uuid> from;  ///< at or above
    std::optional<Uuid> to;    ///< below
};

/// An id begins with the milliseconds of its creation, so times bound the range of ids.
IdRange id_range(const OrderFilter& filter) {
    const auto first_of = [](Timestamp time) {
        return Uuid::v7(Timestamp{std::max<std::int64_t>(time.us, 0) / 1000 * 1000}, 0);
    };
    IdRange range;
    if (filter.created_from) range.from = first_of(*filter.created_from);
    if (filter.created_to) range.to = first_of(*filter.created_to + std::chrono::milliseconds(1));
    if (filter.after && (!range.to || filter.after->value < *range.to))
        range.to = filter.after->value;
    return range;
}

/// Where another filter narrows the orders, each is looked at for the sku.
void add_sku(sql::Select<Order>& select, const OrderFilter& filter, const IdRange& ids,
             std::int64_t limit) {
    if (filter.status || filter.customer_id || filter.created_from || filter.created_to)
        select.where_sql(
            "exists (select 1 from order_items i where i.sku = ? and i.order_id = orders.id)",
            *filter.sku);
    else
        newest_with_sku(select, *filter.sku, ids.to, limit);
}

}  // namespace

sql::Status load(sql::Session& session, const Keys& keys, State& state) {
    if (auto loaded = load_orders(session, keys, state); !loaded) return loaded;
    return load_catalog(session, keys, state);
}

sql::Status save(sql::Session& session, const State& state) {
    if (const auto added = state.orders.inserted(); !added.empty()) {
        if (auto saved = order_rows().insert(session, added); !saved) return saved;
        const auto lines = lines_of(added);
        if (auto saved = item_rows().insert(session, pointers(lines)); !saved) return saved;
        const auto slices = slices_of(added);
        auto noted = sku_slice_rows().insert_new(session, pointers(slices));
        if (!noted) return tl::unexpected(std::move(noted.error()));
    }
    if (const auto moved = state.orders.updated(); !moved.empty())
        if (auto saved = order_move_rows().update(session, moved); !saved) return saved;
    if (const auto learnt = state.catalog.inserted(); !learnt.empty())
        if (auto saved = catalog_rows().insert(session, learnt); !saved) return saved;
    if (const auto changed = state.catalog.updated(); !changed.empty())
        if (auto saved = catalog_rows().update(session, changed); !saved) return saved;
    return {};
}

sql::Result<std::optional<Order>> find_order(sql::Session& session, OrderId id) {
    const std::array<sql::Cell, 1> key{sql::Bytes(id.value.raw())};
    return first(session, order_rows().load(session, key, false));
}

sql::Result<std::optional<Order>> find_order(sql::Session& session, std::string_view number) {
    const std::array<sql::Cell, 1> key{number};
    return first(session, order_rows().load_by(session, "order_number", key, false));
}

sql::Result<std::vector<Order>> list_orders(sql::Session& session, const OrderFilter& filter,
                                            std::int64_t limit) {
    sql::Select select(order_rows());
    if (filter.status) select.where("status", Is::equal, *filter.status);
    if (filter.customer_id) select.where("customer_id", Is::equal, *filter.customer_id);
    if (filter.created_from) select.where("created_at", Is::at_least, *filter.created_from);
    if (filter.created_to) select.where("created_at", Is::less, *filter.created_to);
    const IdRange ids = id_range(filter);
    if (filter.sku) add_sku(select, filter, ids, limit);
    if (ids.from) select.where("id", Is::at_least, *ids.from);
    if (ids.to) select.where("id", Is::less, *ids.to);
    auto orders = select.order_by("id", sql::Sort::descending).limit(limit).run(session);
    if (!orders) return orders;
    std::reverse(orders->begin(), orders->end());
    if (auto added = add_lines(session, *orders); !added)
        return tl::unexpected(std::move(added.error()));
    std::reverse(orders->begin(), orders->end());
    return orders;
}

}  // namespace waybill::orders
