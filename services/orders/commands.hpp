#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/orders/order.hpp"

namespace waybill::orders {

/// How long an order waits before it cancels itself.
struct Patience {
    Duration reservation = std::chrono::hours(24);     ///< for stock, while Pending
    Duration confirmation = std::chrono::minutes(15);  ///< for `confirm`, when manual
};

/// One item as a client asks for it: by id or by sku, exactly one of them.
struct RequestedItem {
    std::optional<ProductId> product_id;
    std::optional<std::string> sku;
    std::int64_t quantity = 0;          ///< 1..1,000,000
    std::optional<Decimal> unit_price;  ///< an assertion, never the price
};

struct PlaceOrder {
    std::optional<std::string> customer_id;  ///< set before the order is decided
    std::optional<Currency> currency;        ///< an assertion
    Confirmation confirmation = Confirmation::automatic;
    std::vector<RequestedItem> items;  ///< 1..100
    std::optional<std::string> note;
    Metadata metadata;
    std::string trace_context;  ///< traceparent of the request
    Patience patience{};
};

/// Who asks for a move, and under which conditions.
struct Asked {
    /// Only an order of this customer; any other is not found.
    std::optional<std::string> owner = {};
    bool by_operator = false;
    std::optional<std::int64_t> expected_version = {};  ///< `If-Match`
};

struct ConfirmOrder {
    OrderId order_id{};
    Asked asked;
};

struct CancelOrder {
    OrderId order_id{};
    std::optional<CancelReason> reason;  ///< customer_request by default
    std::optional<std::string> note;
    Asked asked;
};

struct ShipOrder {
    OrderId order_id{};
    std::string tracking_number;
    std::optional<std::string> carrier;
    Asked asked;
};

/// Inventory holds the stock of every line.
struct RecordReservation {
    OrderId order_id{};
    Patience patience{};
};

/// Inventory could not hold the stock.
struct RecordReservationFailure {
    OrderId order_id{};
    CancelReason reason = CancelReason::out_of_stock;
};

/// The deadline of an order may have passed.
struct PassDeadline {
    OrderId order_id{};
};

/// A product's definition, as inventory tells it.
struct RememberProduct {
    CatalogEntry product;
};

/// A product is deleted. `product` holds its id, version and what words are known.
struct ForgetProduct {
    CatalogEntry product;
};

using Command =
    std::variant<PlaceOrder, ConfirmOrder, CancelOrder, ShipOrder, RecordReservation,
                 RecordReservationFailure, PassDeadline, RememberProduct, ForgetProduct>;

/// `PlaceOrder`; for metrics and spans.
std::string_view command_name(const Command&);

}  // namespace waybill::orders
