#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/facts.hpp"
#include "chassis/base/keys.hpp"
#include "chassis/base/outcome.hpp"
#include "chassis/base/table.hpp"
#include "services/orders/commands.hpp"
#include "services/orders/events.hpp"

namespace waybill::orders {

/// Tables in the order of locking.
enum KeyTable : std::uint8_t { orders_key, catalog_key };
enum KeyIndex : std::uint8_t {
    by_id,
    by_sku,     ///< of the catalogue
    by_number,  ///< of orders
};

/// Everything a batch of commands looks at and changes.
struct State {
    Table<OrderId, Order> orders;
    Table<ProductId, CatalogEntry> catalog;
    /// The product that holds a sku; derived from the catalogue, never stored.
    Table<std::string, ProductId> skus;
    /// Order numbers known to be taken: those of this batch, and those found when it was loaded.
    std::set<std::string, std::less<>> numbers;
};

/// The rows that a command needs; `decide` looks at no others. The facts are those of the decision:
/// the order number that it will try first is looked up too.
Keys keys_of(const Command&, const Facts&);

/// Events, a rejection, or nothing with its reason. Pure.
OutcomeOf<Event> decide(const State&, const Command&, const Facts&);

/// Folds an event into the state, the aggregate's version included. Cannot fail; the events of one
/// order alone rebuild it.
void apply(State&, const Event&, Timestamp occurred_at);

/// The version of the event's aggregate once it is applied; 0 for internal events.
std::int64_t version_of(const State&, const Event&);

/// When the order cancels itself if nothing happens; nothing when it does not wait.
std::optional<Timestamp> timer_of(const Order&);

struct TimerChange {
    Uuid aggregate{};
    std::optional<Timestamp> at;  ///< nothing: no timer
    friend bool operator==(const TimerChange&, const TimerChange&) = default;
};
/// The timers of every order that changed, ids ascending.
std::vector<TimerChange> timers_of(const State& changed);

}  // namespace waybill::orders
