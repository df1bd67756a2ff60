#include <algorithm>
#include <limits>

#include "chassis/base/faults.hpp"
#include "services/inventory/decisions.hpp"

namespace waybill::inventory {
namespace {

/// The same product's lines as one; in product-id order.
std::vector<WantedLine> merged(std::vector<WantedLine> lines) {
    std::sort(lines.begin(), lines.end(),
              [](const WantedLine& a, const WantedLine& b) { return a.product_id < b.product_id; });
    std::vector<WantedLine> sums;
    sums.reserve(lines.size());
    for (const WantedLine& line : lines) {
        if (sums.empty() || sums.back().product_id != line.product_id)
            sums.push_back(line);
        else if (__builtin_add_overflow(sums.back().quantity, line.quantity, &sums.back().quantity))
            sums.back().quantity = std::numeric_limits<std::int64_t>::max();
    }
    return sums;
}

std::string_view reason_against(const Reservation& reservation) {
    switch (reservation.status) {
        case ReservationStatus::reserved:
            return "already_reserved";
        case ReservationStatus::failed:
            return "already_failed";
        case ReservationStatus::released:
            return "already_released";
        case ReservationStatus::shipped:
            return "already_shipped";
        case ReservationStatus::refused:
            return "cancelled_before";
    }
    CHECK(false);
}

struct Shortage {
    FailureReason reason = FailureReason::out_of_stock;
    std::vector<ShortLine> lines;
};

Shortage shortage_of(const State& state, const std::vector<WantedLine>& wanted) {
    Shortage shortage;
    for (const WantedLine& line : wanted) {
        const Product* product = state.products.find(line.product_id);
        if (!product || product->deleted()) {
            shortage.reason = FailureReason::unknown_product;
            shortage.lines.push_back(
                {line.product_id, product ? product->sku : "", line.quantity, 0});
        } else if (product->available() < line.quantity &&
                   !faults::planted(faults::Bug::oversell)) {
            shortage.lines.push_back(
                {line.product_id, product->sku, line.quantity, product->available()});
        }
    }
    return shortage;
}

/// The lines of a reservation as they move out of it.
std::vector<MovedLine> moved(const State& state, const Reservation& reservation,
                             const Facts& facts) {
    std::vector<MovedLine> lines;
    std::uint32_t next_id = 0;
    for (const ReservationLine& line : reservation.lines)
        lines.push_back({line.id, facts.id(next_id++), line.product_id,
                         state.products.at(line.product_id).sku, line.quantity});
    return lines;
}

}  // namespace

OutcomeOf<Event> decide_on(const State& state, const ReserveStock& command, const Facts& facts) {
    const Reservation* known = state.reservations.find(command.order_id);
    const bool refused_before = known && known->status == ReservationStatus::refused;
    if (known && !(refused_before && faults::planted(faults::Bug::late_reserve_after_cancel)))
        return Nothing{reason_against(*known)};

    const ReservationId id{facts.id(0)};
    const auto wanted = merged(command.lines);
    std::vector<Event> events;
    if (Shortage shortage = shortage_of(state, wanted); !shortage.lines.empty()) {
        events.emplace_back(InventoryReservationFailed{id, command.order_id, shortage.reason,
                                                       std::move(shortage.lines)});
        return events;
    }
    InventoryReserved event{id, command.order_id, {}, facts.actor};
    std::uint32_t next_id = 1;
    for (const WantedLine& line : wanted) {
        const Uuid line_id = facts.id(next_id++);
        event.lines.push_back({line_id, facts.id(next_id++), line.product_id,
                               state.products.at(line.product_id).sku, line.quantity});
    }
    events.emplace_back(std::move(event));
    for (const WantedLine& line : wanted) {
        const Product& product = state.products.at(line.product_id);
        watch_low_stock(product, product.available() - line.quantity, product.low_stock_threshold,
                        events);
    }
    return events;
}

OutcomeOf<Event> decide_on(const State& state, const ReleaseStock& command, const Facts& facts) {
    const Reservation* reservation = state.reservations.find(command.order_id);
    std::vector<Event> events;
    if (!reservation) {
        events.emplace_back(ReservationRefused{ReservationId{facts.id(0)}, command.order_id});
        return events;
    }
    if (reservation->status != ReservationStatus::reserved)
        return Nothing{reason_against(*reservation)};
    events.emplace_back(InventoryReleased{reservation->id, command.order_id,
                                          moved(state, *reservation, facts), facts.actor});
    for (const ReservationLine& line : reservation->lines) {
        const Product& product = state.products.at(line.product_id);
        watch_low_stock(product, product.available() + line.quantity, product.low_stock_threshold,
                        events);
    }
    return events;
}

OutcomeOf<Event> decide_on(const State& state, const ShipStock& command, const Facts& facts) {
    const Reservation* reservation = state.reservations.find(command.order_id);
    if (!reservation) return Nothing{"no_reservation"};
    if (reservation->status != ReservationStatus::reserved)
        return Nothing{reason_against(*reservation)};
    std::vector<Event> events;
    events.emplace_back(InventoryShipped{reservation->id, command.order_id,
                                         moved(state, *reservation, facts), facts.actor});
    return events;
}

}  // namespace waybill::inventory
