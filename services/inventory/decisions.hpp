#pragma once
#include <vector>

#include "services/inventory/domain.hpp"

/// One decision for each command; `decide` chooses among them.
namespace waybill::inventory {

OutcomeOf<Event> decide_on(const State&, const CreateProduct&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const UpdateProduct&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const DeleteProduct&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const AdjustStock&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const ReserveStock&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const ReleaseStock&, const Facts&);
OutcomeOf<Event> decide_on(const State&, const ShipStock&, const Facts&);

/// Adds the alert, or its re-arming, that follows when `product` comes to have this much available
/// under this threshold.
void watch_low_stock(const Product& product, std::int64_t available, std::int64_t threshold,
                     std::vector<Event>& events);

}  // namespace waybill::inventory
