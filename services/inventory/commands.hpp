#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/inventory/product.hpp"

namespace waybill::inventory {

struct CreateProduct {
    std::string sku;
    std::string name;
    std::string description;
    std::int64_t quantity = 0;  ///< 0..1,000,000,000
    std::int64_t low_stock_threshold = 0;
    Decimal price;
    Currency currency;
};

/// What of a definition is to be another; what is absent stays.
struct UpdateProduct {
    ProductId product_id{};
    std::optional<std::string> sku;
    std::optional<std::string> name;
    std::optional<std::string> description;
    std::optional<std::int64_t> low_stock_threshold;
    std::optional<Decimal> price;
    std::optional<Currency> currency;
    std::optional<std::int64_t> expected_version;  ///< `If-Match`: of the definition
};

struct DeleteProduct {
    ProductId product_id{};
    std::optional<std::int64_t> expected_version;
};

/// By `delta`, or to `quantity` if it is `expected_quantity` now: exactly one of the two ways.
struct AdjustStock {
    ProductId product_id{};
    std::optional<std::int64_t> delta;
    std::optional<std::int64_t> expected_quantity;
    std::optional<std::int64_t> quantity;
    AdjustReason reason = AdjustReason::other;
    std::optional<std::string> reference;
    std::optional<std::int64_t> expected_version;
};

/// How much of a product an order asks for.
struct WantedLine {
    ProductId product_id{};
    std::int64_t quantity = 0;
};

/// An order was created: hold the stock of every line, or of none.
struct ReserveStock {
    OrderId order_id{};
    std::vector<WantedLine> lines;
};

/// An order was cancelled. `lines` names its products.
struct ReleaseStock {
    OrderId order_id{};
    std::vector<WantedLine> lines;
};

/// An order was shipped. `lines` names its products.
struct ShipStock {
    OrderId order_id{};
    std::vector<WantedLine> lines;
};

using Command = std::variant<CreateProduct, UpdateProduct, DeleteProduct, AdjustStock, ReserveStock,
                             ReleaseStock, ShipStock>;

/// `ReserveStock`; for metrics and spans.
std::string_view command_name(const Command&);

}  // namespace waybill::inventory
