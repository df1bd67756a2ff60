#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "chassis/base/facts.hpp"
#include "chassis/base/keys.hpp"
#include "chassis/base/outcome.hpp"
#include "chassis/base/table.hpp"
#include "services/inventory/commands.hpp"
#include "services/inventory/events.hpp"

namespace waybill::inventory {

/// Tables in the order of locking.
enum KeyTable : std::uint8_t { products_key, reservations_key };
enum KeyIndex : std::uint8_t {
    by_id,  ///< of reservations: the order's id
    by_sku,
};

/// Everything a batch of commands looks at and changes.
struct State {
    Table<ProductId, Product> products;
    Table<OrderId, Reservation> reservations;
    /// The product that holds a sku; derived from the products, never stored.
    Table<std::string, ProductId> skus;
    std::vector<Movement> movements;  ///< to be added to the ledger
};

/// The rows that a command needs; `decide` looks at no others.
Keys keys_of(const Command&);

/// Events, a rejection, or nothing with its reason. Pure.
OutcomeOf<Event> decide(const State&, const Command&, const Facts&);

/// Folds an event into the state, the aggregates' versions and the ledger included. Cannot fail;
/// the events of one product's definition, or of one reservation, alone rebuild it.
void apply(State&, const Event&, Timestamp occurred_at);

/// The version of the event's aggregate once it is applied; 0 for internal events.
std::int64_t version_of(const State&, const Event&);

}  // namespace waybill::inventory
