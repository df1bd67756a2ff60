#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "services/inventory/product.hpp"

namespace waybill::inventory {

using ReservationId = Id<struct ReservationTag>;

enum class ReservationStatus : std::uint8_t {
    reserved,
    failed,
    released,
    shipped,
    refused,  ///< the order was cancelled before its stock was asked for
};
enum class LineStatus : std::uint8_t { active, released, fulfilled };

constexpr auto names(Type<ReservationStatus>) {
    return words<ReservationStatus>({{ReservationStatus::reserved, "Reserved"},
                                     {ReservationStatus::failed, "Failed"},
                                     {ReservationStatus::released, "Released"},
                                     {ReservationStatus::shipped, "Shipped"},
                                     {ReservationStatus::refused, "Refused"}});
}
constexpr auto names(Type<LineStatus>) {
    return words<LineStatus>({{LineStatus::active, "Active"},
                              {LineStatus::released, "Released"},
                              {LineStatus::fulfilled, "Fulfilled"}});
}

struct ReservationLine {
    Uuid id{};
    ProductId product_id{};
    std::int64_t quantity = 0;
    LineStatus status = LineStatus::active;
};

/// The stock held for one order.
struct Reservation {
    ReservationId id{};
    OrderId order_id{};
    ReservationStatus status = ReservationStatus::reserved;
    std::vector<ReservationLine> lines;
    Timestamp reserved_at{};
    std::optional<Timestamp> released_at;
    std::int64_t version = 0;  ///< 0 when refused: nothing was published
};

}  // namespace waybill::inventory
