#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <tuple>

#include "services/orders/domain_testing.hpp"

namespace waybill::orders {
namespace {

using namespace testing;

/// One step of a random history: what, of which order, and how much time goes by before.
using Step = std::tuple<std::uint8_t, std::uint8_t, std::uint16_t>;
constexpr int kinds = 9;

rc::Gen<std::vector<Step>> steps() {
    return rc::gen::container<std::vector<Step>>(
        rc::gen::tuple(rc::gen::inRange<std::uint8_t>(0, kinds),
                       rc::gen::inRange<std::uint8_t>(0, 4), rc::gen::arbitrary<std::uint16_t>()));
}

PlaceOrder random_order(std::uint16_t seed) {
    auto command = order_of(
        {item("PEN", seed % 7 + 1), item("LAP-15", seed % 3 + 1), item("PEN", seed % 5 + 1)});
    if (seed % 2 == 1) command.confirmation = Confirmation::manual;
    return command;
}

Command move(std::uint8_t kind, OrderId id, std::uint16_t seed) {
    const std::string tracking = "T-" + std::to_string(seed % 2);
    switch (kind) {
        case 1:
            return ConfirmOrder{id, {}};
        case 2:
            return CancelOrder{id, {}, {}, {}};
        case 3:
            return ShipOrder{id, tracking, {}, {}};
        case 4:
            return RecordReservation{id, {}};
        case 5:
            return RecordReservationFailure{id};
        case 6:
            return PassDeadline{id};
        case 7:
            return CancelOrder{id, CancelReason::by_operator, {}, {.by_operator = true}};
        default:
            return ConfirmOrder{id, {.expected_version = seed % 4}};
    }
}

class Run {
 public:
    explicit Run(const std::vector<Step>& steps) {
        world.stock(product(1, "LAP-15", 129'999));
        world.stock(product(2, "PEN", 150));
        for (const auto& [kind, which, seed] : steps) step(kind, which, seed);
    }
    World world;
    std::vector<OrderId> orders;
    bool repeats_did_nothing = true;

 private:
    void step(std::uint8_t kind, std::uint8_t which, std::uint16_t seed) {
        world.now = world.now + std::chrono::seconds(seed);
        if (kind == 0 || orders.empty()) {
            orders.push_back(world.place(random_order(seed)));
            return;
        }
        const Command command = move(kind, orders[which % orders.size()], seed);
        world.submit(command);
        repeats_did_nothing = repeats_did_nothing && types(world.submit(command)).empty();
    }
};

bool legal(Status from, const Event& event) {
    if (std::holds_alternative<OrderReserved>(event)) return from == Status::pending;
    if (std::holds_alternative<OrderConfirmed>(event)) return from == Status::reserved;
    if (std::holds_alternative<OrderShipped>(event)) return from == Status::confirmed;
    if (std::holds_alternative<OrderCancelled>(event))
        return from != Status::shipped && from != Status::cancelled;
    return false;
}

/// The published events of each order, in order.
std::map<Uuid, std::vector<Event>> streams(const std::vector<Event>& history) {
    std::map<Uuid, std::vector<Event>> by_order;
    for (const Event& event : history)
        if (identify(event).published) by_order[identify(event).aggregate_id].push_back(event);
    return by_order;
}

RC_GTEST_PROP(OrderHistories, are_legal_paths_and_totals_are_the_sums_of_their_lines, ()) {
    const Run run(*steps());
    for (const auto& [id, events] : streams(run.world.history)) {
        State state;
        std::int64_t version = 0;
        for (const Event& event : events) {
            if (version == 0)
                RC_ASSERT(std::holds_alternative<OrderCreated>(event));
            else
                RC_ASSERT(legal(state.orders.at(OrderId{id}).status, event));
            apply(state, event, noon);
            RC_ASSERT(version_of(state, event) == ++version);
        }
        const Order& order = state.orders.at(OrderId{id});
        RC_ASSERT(!(order.shipped_at && order.cancelled_at));
        std::int64_t sum = 0;
        for (const OrderLine& line : order.items) {
            RC_ASSERT(line.line_total.minor == line.unit_price.minor * line.quantity);
            sum += line.line_total.minor;
        }
        RC_ASSERT(order.total_amount.minor == sum);
    }
}

RC_GTEST_PROP(OrderHistories, rebuild_each_order_from_its_own_events, ()) {
    const Run run(*steps());
    for (const auto& [id, events] : streams(run.world.history)) {
        State state;
        for (const Event& event : events) apply(state, event, noon);
        const Order& rebuilt = state.orders.at(OrderId{id});
        const Order& order = run.world.order(OrderId{id});
        RC_ASSERT(rebuilt.status == order.status);
        RC_ASSERT(rebuilt.version == order.version);
        RC_ASSERT(rebuilt.items == order.items);
        RC_ASSERT(rebuilt.deadline_at == order.deadline_at);
        RC_ASSERT(rebuilt.cancellation_reason == order.cancellation_reason);
        RC_ASSERT(rebuilt.tracking_number == order.tracking_number);
    }
}

RC_GTEST_PROP(OrderHistories, never_change_by_the_repeat_of_a_command, ()) {
    RC_ASSERT(Run(*steps()).repeats_did_nothing);
}

RC_GTEST_PROP(OrderHistories, leave_a_deadline_exactly_on_orders_that_wait, ()) {
    const Run run(*steps());
    for (const OrderId id : run.orders) {
        const Order& order = run.world.order(id);
        const bool waits = order.status == Status::pending || order.status == Status::reserved;
        RC_ASSERT(timer_of(order).has_value() == waits);
    }
}

RC_GTEST_PROP(OrderHistories, end_when_time_passes_unless_confirmed, ()) {
    Run run(*steps());
    run.world.now = run.world.now + std::chrono::hours(48);
    for (const OrderId id : run.orders) run.world.submit(PassDeadline{id});
    for (const OrderId id : run.orders) {
        const Status status = run.world.order(id).status;
        RC_ASSERT(status != Status::pending);
        RC_ASSERT(status != Status::reserved);
    }
}

}  // namespace
}  // namespace waybill::orders
