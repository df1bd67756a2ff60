#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chassis/base/money.hpp"
#include "chassis/base/names.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill {

using OrderId = Id<struct OrderTag>;
using ProductId = Id<struct ProductTag>;

}  // namespace waybill

namespace waybill::orders {

enum class Status : std::uint8_t { pending, reserved, confirmed, shipped, cancelled };
enum class Confirmation : std::uint8_t { automatic, manual };
enum class CancelReason : std::uint8_t {
    customer_request,
    by_operator,  ///< `operator` on the wire
    payment_declined,
    out_of_stock,
    unknown_product,
    reservation_timeout,
    confirmation_timeout,
};

constexpr auto names(Type<Status>) {
    return words<Status>({{Status::pending, "Pending"},
                          {Status::reserved, "Reserved"},
                          {Status::confirmed, "Confirmed"},
                          {Status::shipped, "Shipped"},
                          {Status::cancelled, "Cancelled"}});
}
constexpr auto names(Type<Confirmation>) {
    return words<Confirmation>(
        {{Confirmation::automatic, "automatic"}, {Confirmation::manual, "manual"}});
}
constexpr auto names(Type<CancelReason>) {
    return words<CancelReason>({{CancelReason::customer_request, "customer_request"},
                                {CancelReason::by_operator, "operator"},
                                {CancelReason::payment_declined, "payment_declined"},
                                {CancelReason::out_of_stock, "out_of_stock"},
                                {CancelReason::unknown_product, "unknown_product"},
                                {CancelReason::reservation_timeout, "reservation_timeout"},
                                {CancelReason::confirmation_timeout, "confirmation_timeout"}});
}

/// One product of an order, with the catalogue's name and price at the time of the order.
struct OrderLine {
    Uuid id{};
    ProductId product_id{};
    std::string sku;
    std::string product_name;
    std::int64_t quantity = 0;  ///< 1..1,000,000
    Money unit_price;
    Money line_total;
    friend bool operator==(const OrderLine&, const OrderLine&) = default;
};

/// How much of a product moves with an order.
struct LineQuantity {
    ProductId product_id{};
    std::int64_t quantity = 0;
    friend bool operator==(const LineQuantity&, const LineQuantity&) = default;
};

/// A client's own words beside an order.
using Metadata = std::map<std::string, std::string>;

struct Order {
    OrderId id{};
    std::string order_number;  ///< `WB-YYYYMMDD-XXXXXXXX`
    std::string customer_id;   ///< the token's `sub`
    Currency currency;
    Status status = Status::pending;
    Confirmation confirmation = Confirmation::automatic;
    std::vector<OrderLine> items;  ///< never change once the order is created
    Money total_amount;
    std::optional<std::string> note;
    Metadata metadata;
    std::optional<CancelReason> cancellation_reason;
    std::optional<std::string> cancellation_note;
    std::optional<std::string> tracking_number;
    std::optional<std::string> carrier;
    Timestamp created_at{};
    std::optional<Timestamp> reserved_at;
    std::optional<Timestamp> confirmed_at;
    std::optional<Timestamp> shipped_at;
    std::optional<Timestamp> cancelled_at;
    std::optional<Timestamp> deadline_at;  ///< when the order cancels itself, while it waits
    Uuid correlation_id{};                 ///< for the whole life of the order, in every service
    std::string trace_context;             ///< traceparent of the request that placed it
    std::int64_t version = 0;
};

/// What a product is, as far as an order needs to know: the replica of inventory's definitions.
struct CatalogEntry {
    ProductId product_id{};
    std::string sku;
    std::string name;
    Money price;
    std::int64_t version = 0;  ///< of the product's definition
    bool deleted = false;
    friend bool operator==(const CatalogEntry&, const CatalogEntry&) = default;
};

std::vector<LineQuantity> quantities(const Order&);

}  // namespace waybill::orders
