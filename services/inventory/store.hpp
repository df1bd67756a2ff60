#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/keys.hpp"
#include "chassis/sql/migrations.hpp"
#include "chassis/sql/session.hpp"
#include "services/inventory/domain.hpp"
#include "services/inventory/shapes.hpp"

/// The inventory service's database.
namespace waybill::inventory {

/// The steps of the schema.
std::vector<sql::Migration> migrations();

/// Loads the rows of `keys` into the state, and notes which are absent; those that may change are
/// locked. The products of a reservation come with it.
sql::Status load(sql::Session& session, const Keys& keys, State& state);
/// Writes every row that changed, and the ledger.
sql::Status save(sql::Session& session, const State& state);

/// A product that is not deleted.
sql::Result<std::optional<Product>> find_product(sql::Session& session, ProductId id);
sql::Result<std::optional<Product>> find_product(sql::Session& session, std::string_view sku);

/// Whether there ever was such a product.
sql::Result<bool> product_known(sql::Session& session, ProductId id);

/// Which products a list shows; what is absent does not narrow it. Deleted ones never.
struct ProductFilter {
    std::optional<std::string> text;  ///< part of the sku or the name
    bool low_stock = false;
    std::optional<Uuid> after;  ///< the last one of the page before
};
/// Each list: newest first by id, at most `limit`.
sql::Result<std::vector<Product>> list_products(sql::Session& session, const ProductFilter& filter,
                                                std::int64_t limit);
/// Newest first as they happened, below `before` (a revision).
sql::Result<std::vector<Movement>> list_movements(sql::Session& session, ProductId product,
                                                  std::optional<std::int64_t> before,
                                                  std::int64_t limit);

/// How many products, not counting deleted ones, are short of their threshold.
sql::Result<std::int64_t> count_low_products(sql::Session& session);

struct ReservationFilter {
    std::optional<Uuid> order_id;
    std::optional<LineStatus> status;
    std::optional<Uuid> after;
};
sql::Result<std::vector<ReservationView>> list_reservations(sql::Session& session,
                                                            const ReservationFilter& filter,
                                                            std::int64_t limit);

}  // namespace waybill::inventory
