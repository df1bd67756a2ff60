#pragma once
#include "services/orders/domain.hpp"

/// One decision for each command; `decide` chooses among them.
namespace waybill::orders {

OutcomeOf<Event> decide_on(const State&, const PlaceOrder&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const ConfirmOrder&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const CancelOrder&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const ShipOrder&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const RecordReservation&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const RecordReservationFailure&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const PassDeadline&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const RememberProduct&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const ForgetProduct&, const Facts&);

/// `WB-YYYYMMDD-TTTTRRRR` in Crockford's base 32: the day, the time of day in steps of 82 ms, and
/// 20 random bits; the n-th draw. Numbers follow time, so their index grows at its end.
std::string draw_order_number(const Facts&, std::uint32_t draw);

}  // namespace waybill::orders
