#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/base/event.hpp"
#include "services/orders/order.hpp"

namespace waybill::orders {

/// An order was accepted: the whole of it, Pending.
struct OrderCreated {
    OrderId order_id{};
    std::string order_number;
    std::string customer_id;
    Currency currency;
    Confirmation confirmation = Confirmation::automatic;
    std::vector<OrderLine> items;
    Money total_amount;
    std::optional<std::string> note;
    Metadata metadata;
    Timestamp created_at{};
    std::optional<Timestamp> deadline_at;  ///< until then stock must be reserved
    Uuid correlation_id{};
    std::string trace_context;  ///< travels in the envelope, not in the data
};

/// Stock is held for every line.
struct OrderReserved {
    OrderId order_id{};
    std::string order_number;
    std::string customer_id;
    std::optional<Timestamp> deadline_at;  ///< until then a manual order must be confirmed
};

struct OrderConfirmed {
    OrderId order_id{};
    std::string order_number;
    std::string customer_id;
    Currency currency;
    Money total_amount;
};

/// The order ends here; held stock of the lines is free again.
struct OrderCancelled {
    OrderId order_id{};
    std::string order_number;
    std::string customer_id;
    CancelReason reason = CancelReason::customer_request;
    std::optional<std::string> note;
    Status previous_status = Status::pending;
    std::vector<LineQuantity> lines;
};

/// The order ends here; stock of the lines has left the house.
struct OrderShipped {
    OrderId order_id{};
    std::string order_number;
    std::string customer_id;
    std::string tracking_number;
    std::optional<std::string> carrier;
    std::vector<LineQuantity> lines;
};

/// Internal: the catalogue replica learnt a product's definition.
struct ProductRemembered {
    CatalogEntry product;
};

/// Internal: the catalogue replica learnt that a product is deleted. Its words stay.
struct ProductForgotten {
    CatalogEntry product;
};

using Event = std::variant<OrderCreated, OrderReserved, OrderConfirmed, OrderCancelled,
                           OrderShipped, ProductRemembered, ProductForgotten>;

/// Type, aggregate and whether it is published.
EventIdentity identify(const Event&);

/// A published event from its type and data; unknown members are ignored. Fails with
/// malformed-json or validation-failed, and for a type that is not of this service.
Result<Event> event_from_json(std::string_view type, std::string_view data);
/// The data of a published event, compact; empty for an internal one.
std::string to_json(const Event&);

}  // namespace waybill::orders
