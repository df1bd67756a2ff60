#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "chassis/base/actor.hpp"
#include "chassis/base/money.hpp"
#include "chassis/base/names.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill {

using OrderId = Id<struct OrderTag>;
using ProductId = Id<struct ProductTag>;

}  // namespace waybill

namespace waybill::inventory {

inline constexpr std::int64_t quantity_max = 1'000'000'000;  ///< on hand, of one product

/// A product: two aggregates on one row, its definition and its stock.
struct Product {
    ProductId id{};
    std::string sku;  ///< unique among those that are not deleted
    std::string name;
    std::string description;
    Money price;
    Currency currency;  ///< the price's
    std::int64_t low_stock_threshold = 0;
    std::int64_t quantity = 0;           ///< on hand, reserved ones included
    std::int64_t reserved_quantity = 0;  ///< 0..quantity
    bool low_stock = false;              ///< available < threshold, and the alert is out
    std::int64_t version = 0;            ///< of the definition
    std::int64_t stock_version = 0;      ///< of the stock's published events
    std::int64_t stock_revision = 0;     ///< changes with every quantity
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> deleted_at;

    std::int64_t available() const { return quantity - reserved_quantity; }
    bool deleted() const { return deleted_at.has_value(); }
};

enum class MovementKind : std::uint8_t { receive, adjust, reserve, release, ship };
enum class AdjustReason : std::uint8_t {
    received,
    count,
    damage,
    loss,
    returned,
    correction,
    other
};

constexpr auto names(Type<MovementKind>) {
    return words<MovementKind>({{MovementKind::receive, "receive"},
                                {MovementKind::adjust, "adjust"},
                                {MovementKind::reserve, "reserve"},
                                {MovementKind::release, "release"},
                                {MovementKind::ship, "ship"}});
}
constexpr auto names(Type<AdjustReason>) {
    return words<AdjustReason>({{AdjustReason::received, "received"},
                                {AdjustReason::count, "count"},
                                {AdjustReason::damage, "damage"},
                                {AdjustReason::loss, "loss"},
                                {AdjustReason::returned, "return"},
                                {AdjustReason::correction, "correction"},
                                {AdjustReason::other, "other"}});
}

/// One entry of the ledger that the counters are checked against.
struct Movement {
    Uuid id{};
    ProductId product_id{};
    std::int64_t revision = 0;  ///< the product's stock revision that it made: 1.. in order
    MovementKind kind = MovementKind::receive;
    std::int64_t quantity = 0;  ///< signed for `adjust`, else above zero
    std::optional<OrderId> order_id;
    std::optional<AdjustReason> reason;
    std::optional<std::string> reference;
    std::int64_t quantity_after = 0;
    std::int64_t reserved_after = 0;
    Actor actor;
    Timestamp at{};
};

}  // namespace waybill::inventory
