#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/base/event.hpp"
#include "services/inventory/product.hpp"
#include "services/inventory/reservation.hpp"

namespace waybill::inventory {

struct ProductCreated {
    ProductId product_id{};
    std::string sku;
    std::string name;
    std::string description;
    Money price;
    Currency currency;
    std::int64_t low_stock_threshold = 0;
    std::int64_t quantity = 0;  ///< the first stock
    Uuid movement_id{};         ///< of the ledger's first entry
    Actor actor;                ///< travels in the envelope, not in the data
};

/// The whole definition as it is now.
struct ProductUpdated {
    ProductId product_id{};
    std::string sku;
    std::string name;
    std::string description;
    Money price;
    Currency currency;
    std::int64_t low_stock_threshold = 0;
};

struct ProductDeleted {
    ProductId product_id{};
    std::string sku;
    std::string name;
};

struct InventoryAdjusted {
    ProductId product_id{};
    std::string sku;
    std::int64_t old_quantity = 0;
    std::int64_t new_quantity = 0;
    std::int64_t delta = 0;
    AdjustReason reason = AdjustReason::other;
    std::optional<std::string> reference;
    Uuid movement_id{};
    Actor actor;  ///< travels in the envelope, not in the data
};

/// One product of a reservation, as it moves.
struct MovedLine {
    Uuid line_id{};
    Uuid movement_id{};
    ProductId product_id{};
    std::string sku;
    std::int64_t quantity = 0;
};

/// Stock is held for every line of the order.
struct InventoryReserved {
    ReservationId reservation_id{};
    OrderId order_id{};
    std::vector<MovedLine> lines;
    Actor actor;  ///< travels in the envelope, not in the data
};

struct ShortLine {
    ProductId product_id{};
    std::string sku;  ///< empty when the product is unknown
    std::int64_t requested = 0;
    std::int64_t available = 0;
};

enum class FailureReason : std::uint8_t { out_of_stock, unknown_product };
constexpr auto names(Type<FailureReason>) {
    return words<FailureReason>({{FailureReason::out_of_stock, "out_of_stock"},
                                 {FailureReason::unknown_product, "unknown_product"}});
}

/// Nothing is held: every line that could not be.
struct InventoryReservationFailed {
    ReservationId reservation_id{};
    OrderId order_id{};
    FailureReason reason = FailureReason::out_of_stock;
    std::vector<ShortLine> lines;
};

struct InventoryReleased {
    ReservationId reservation_id{};
    OrderId order_id{};
    std::vector<MovedLine> lines;
    Actor actor;  ///< travels in the envelope, not in the data
};

struct InventoryShipped {
    ReservationId reservation_id{};
    OrderId order_id{};
    std::vector<MovedLine> lines;
    Actor actor;  ///< travels in the envelope, not in the data
};

/// Available stock fell below the threshold; once, until it is re-armed.
struct LowStockAlert {
    ProductId product_id{};
    std::string sku;
    std::string name;
    std::int64_t available = 0;
    std::int64_t threshold = 0;
};

/// Internal: a cancel came before the order's stock was asked for; the late request does nothing.
struct ReservationRefused {
    ReservationId reservation_id{};
    OrderId order_id{};
};

/// Internal: available stock is at or above the threshold again.
struct LowStockRearmed {
    ProductId product_id{};
};

using Event = std::variant<ProductCreated, ProductUpdated, ProductDeleted, InventoryAdjusted,
                           InventoryReserved, InventoryReservationFailed, InventoryReleased,
                           InventoryShipped, LowStockAlert, ReservationRefused, LowStockRearmed>;

/// Type, aggregate and whether it is published.
EventIdentity identify(const Event&);

/// A published event from its type and data; unknown members are ignored. Fails with
/// malformed-json or validation-failed, and for a type that is not of this service.
Result<Event> event_from_json(std::string_view type, std::string_view data);
/// The data of a published event, compact; empty for an internal one.
std::string to_json(const Event&);

}  // namespace waybill::inventory
