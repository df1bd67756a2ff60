#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/keys.hpp"
#include "chassis/sql/migrations.hpp"
#include "chassis/sql/session.hpp"
#include "services/orders/domain.hpp"

/// The orders service's database.
namespace waybill::orders {

/// The steps of the schema.
std::vector<sql::Migration> migrations();

/// Loads the rows of `keys` into the state, and notes which are absent; those that may change are
/// locked.
sql::Status load(sql::Session& session, const Keys& keys, State& state);
/// Writes every row that changed.
sql::Status save(sql::Session& session, const State& state);

/// Which orders a list shows; what is absent does not narrow it.
struct OrderFilter {
    std::optional<Status> status;
    std::optional<std::string> customer_id;
    std::optional<std::string> sku;         ///< of one of its lines
    std::optional<Timestamp> created_from;  ///< at or after
    std::optional<Timestamp> created_to;    ///< before
    std::optional<OrderId> after;           ///< the last one of the page before
};

sql::Result<std::optional<Order>> find_order(sql::Session& session, OrderId id);
sql::Result<std::optional<Order>> find_order(sql::Session& session, std::string_view number);
/// Newest first by id, at most `limit`.
sql::Result<std::vector<Order>> list_orders(sql::Session& session, const OrderFilter& filter,
                                            std::int64_t limit);

}  // namespace waybill::orders
