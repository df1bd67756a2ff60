#include "services/inventory/store.hpp"

#include <algorithm>
#include <map>

#include "chassis/sql/select.hpp"

namespace waybill::inventory {
namespace {

std::vector<sql::Cell> id_cells(const std::vector<ProductId>& ids) {
    std::vector<sql::Cell> cells;
    for (const ProductId& id : ids) cells.push_back(sql::id_cell(id.value));
    return cells;
}

template <class T>
std::vector<const T*> pointers(const std::vector<T>& rows) {
    std::vector<const T*> all;
    all.reserve(rows.size());
    for (const T& row : rows) all.push_back(&row);
    return all;
}

sql::Status add_lines(sql::Session& session, std::vector<Reservation>& reservations) {
    if (reservations.empty()) return {};
    std::vector<sql::Cell> ids;
    std::map<ReservationId, Reservation*> by_id;
    for (Reservation& reservation : reservations) {
        ids.push_back(sql::id_cell(reservation.id.value));
        by_id[reservation.id] = &reservation;
    }
    auto lines = line_rows().load_by(session, "reservation_id", ids, true);
    if (!lines) return tl::unexpected(std::move(lines.error()));
    for (const LineRow& row : *lines) by_id.at(row.reservation_id)->lines.push_back(row.line);
    return {};
}

sql::Status load_reservations(sql::Session& session, const Keys& keys, State& state) {
    const auto wanted = keys.of(reservations_key, by_id);
    if (wanted.empty()) return {};
    auto found = reservation_rows().load(session, wanted, true);
    if (!found) return tl::unexpected(std::move(found.error()));
    if (auto added = add_lines(session, *found); !added) return added;
    for (Reservation& reservation : *found)
        state.reservations.loaded(&Reservation::order_id, std::move(reservation));
    for (const auto key : wanted) state.reservations.absent(OrderId{*Uuid::from_bytes(key)});
    return {};
}

void add(State& state, Product product) {
    if (!product.deleted()) state.skus.loaded(product.sku, product.id);
    state.products.loaded(&Product::id, std::move(product));
}

sql::Status load_products(sql::Session& session, const std::vector<ProductId>& ids, State& state) {
    if (ids.empty()) return {};
    auto products = product_rows().load(session, id_cells(ids), true);
    if (!products) return tl::unexpected(std::move(products.error()));
    for (Product& product : *products) add(state, std::move(product));
    for (const ProductId& id : ids) state.products.absent(id);
    return {};
}

sql::Status load_skus(sql::Session& session, const Keys& keys, State& state) {
    const auto wanted = keys.of(products_key, by_sku);
    if (wanted.empty()) return {};
    auto products = sql::Select(product_rows())
                        .where_in("sku", std::span(wanted))
                        .where_null("deleted_at")
                        .order_by("sku")
                        .run(session);
    if (!products) return tl::unexpected(std::move(products.error()));
    for (Product& product : *products) add(state, std::move(product));
    for (const auto sku : wanted) state.skus.absent(std::string(sku));
    return {};
}

/// A told command names its products, but a message that was edited by hand may not name all that
/// its reservation holds.
std::vector<ProductId> products_still_missing(const State& state) {
    std::vector<ProductId> missing;
    for (const Reservation* reservation : state.reservations.present())
        for (const ReservationLine& line : reservation->lines)
            if (!state.products.known(line.product_id)) missing.push_back(line.product_id);
    std::sort(missing.begin(), missing.end());
    missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
    return missing;
}

sql::Status save_lines(sql::Session& session, const std::vector<const Reservation*>& of,
                       bool fresh) {
    std::vector<LineRow> rows;
    for (const Reservation* reservation : of)
        for (const ReservationLine& line : reservation->lines)
            rows.push_back({reservation->id, line});
    if (rows.empty()) return {};
    return fresh ? line_rows().insert(session, pointers(rows))
                 : line_status_rows().update(session, pointers(rows));
}

sql::Status save_products(sql::Session& session, const State& state) {
    // A sku that a product gives up is free before another takes it.
    auto changed = state.products.updated();
    std::partition(changed.begin(), changed.end(),
                   [](const Product* product) { return product->deleted(); });
    if (!changed.empty())
        if (auto saved = product_rows().update(session, changed); !saved) return saved;
    if (const auto added = state.products.inserted(); !added.empty())
        return product_rows().insert(session, added);
    return {};
}

}  // namespace

sql::Status load(sql::Session& session, const Keys& keys, State& state) {
    std::vector<ProductId> ids;
    for (const auto key : keys.of(products_key, by_id))
        ids.push_back(ProductId{*Uuid::from_bytes(key)});
    if (auto loaded = load_products(session, ids, state); !loaded) return loaded;
    if (auto loaded = load_skus(session, keys, state); !loaded) return loaded;
    if (auto loaded = load_reservations(session, keys, state); !loaded) return loaded;
    return load_products(session, products_still_missing(state), state);
}

sql::Status save(sql::Session& session, const State& state) {
    if (auto saved = save_products(session, state); !saved) return saved;
    if (const auto added = state.reservations.inserted(); !added.empty()) {
        if (auto saved = reservation_rows().insert(session, added); !saved) return saved;
        if (auto saved = save_lines(session, added, true); !saved) return saved;
    }
    if (const auto ended = state.reservations.updated(); !ended.empty()) {
        if (auto saved = reservation_rows().update(session, ended); !saved) return saved;
        if (auto saved = save_lines(session, ended, false); !saved) return saved;
    }
    if (state.movements.empty()) return {};
    return movement_rows().insert(session, pointers(state.movements));
}

}  // namespace waybill::inventory
