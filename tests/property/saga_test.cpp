#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/inventory/consumers.hpp"
#include "services/inventory/domain_testing.hpp"
#include "services/orders/consumers.hpp"
#include "services/orders/domain_testing.hpp"

namespace waybill {
namespace {

using messaging::Message;

/// One step of a random history: what, of which order or product, and how.
using Step = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>;
constexpr std::uint8_t kinds = 12;

/// Long enough that an order can come to its end.
rc::Gen<std::vector<Step>> steps() {
    return rc::gen::scale(
        5.0, rc::gen::container<std::vector<Step>>(rc::gen::tuple(
                 rc::gen::inRange<std::uint8_t>(0, kinds), rc::gen::arbitrary<std::uint8_t>(),
                 rc::gen::arbitrary<std::uint8_t>())));
}

/// Messages on their way to one consumer. Those of one aggregate keep their order, those of others
/// overtake; any may come twice.
class Road {
 public:
    void send(Message message) { lanes_[message.meta.aggregate_id].push_back(std::move(message)); }
    bool empty() const { return lanes_.empty(); }
    /// The next message of one aggregate; it stays on the road when it is to come again.
    Message take(std::uint8_t which, bool again) {
        auto lane = std::next(lanes_.begin(), which % static_cast<std::ptrdiff_t>(lanes_.size()));
        Message message = lane->second.front();
        if (!again) lane->second.pop_front();
        if (lane->second.empty()) lanes_.erase(lane);
        return message;
    }

 private:
    std::map<Uuid, std::deque<Message>> lanes_;
};

/// Orders and inventory, joined by what they publish.
class Platform {
 public:
    Platform() {
        for (const auto* sku : {"A", "B", "C"}) {
            const auto id = stock_.create(inventory::testing::creation(sku, 30));
            products_.push_back(id);
        }
        publish();
        settle();
    }
    void step(const Step& one) {
        const auto [kind, which, how] = one;
        advance(how);
        if (kind < 3) {
            place(which, how);
        } else if (kind < 7 && !orders_.empty()) {
            move(kind, orders_[which % orders_.size()], how);
        } else if (kind == 7) {
            adjust(which, how);
        } else if (kind < 10) {
            deliver_to_inventory(which, how % 8 == 0);
        } else {
            deliver_to_orders(which, how % 8 == 0);
        }
        publish();
    }
    /// Everything arrives, and every deadline passes that is due.
    void settle() {
        while (!to_orders_.empty() || !to_inventory_.empty()) {
            if (!to_inventory_.empty()) deliver_to_inventory(0, false);
            if (!to_orders_.empty()) deliver_to_orders(0, false);
            publish();
        }
    }
    const orders::State& orders() const { return orders_world_.state; }
    const inventory::State& stock() const { return stock_.state; }

 private:
    void advance(std::uint8_t minutes) {
        orders_world_.now = orders_world_.now + std::chrono::minutes(minutes % 4);
        stock_.now = orders_world_.now;
        if (minutes % 16 != 0) return;
        for (const OrderId id : orders_) orders_world_.submit(orders::PassDeadline{id});
    }
    void place(std::uint8_t which, std::uint8_t how) {
        auto command = orders::testing::order_of(
            {{products_[which % 3], std::nullopt, which % 9 + 1, std::nullopt},
             {products_[how % 3], std::nullopt, how % 7 + 1, std::nullopt}});
        if (how % 2 == 0) command.confirmation = orders::Confirmation::manual;
        orders_.push_back(orders_world_.place(command));
    }
    void move(std::uint8_t kind, OrderId id, std::uint8_t how) {
        if (kind == 3) orders_world_.submit(orders::ConfirmOrder{id, {}});
        if (kind == 4) orders_world_.submit(orders::CancelOrder{id, {}, {}, {}});
        if (kind >= 5)
            orders_world_.submit(orders::ShipOrder{id, "T-" + std::to_string(how % 2), {}, {}});
    }
    void adjust(std::uint8_t which, std::uint8_t how) {
        inventory::AdjustStock command;
        command.product_id = products_[which % 3];
        command.delta = std::int64_t{how} % 21 - 10;
        stock_.submit(command);
    }
    void deliver_to_inventory(std::uint8_t which, bool again) {
        if (to_inventory_.empty()) return;
        const auto command = inventory::command_of(to_inventory_.take(which, again));
        RC_ASSERT(command.has_value());
        if (*command) stock_.submit(**command);
    }
    void deliver_to_orders(std::uint8_t which, bool again) {
        if (to_orders_.empty()) return;
        const auto command = orders::command_of(to_orders_.take(which, again), {});
        RC_ASSERT(command.has_value());
        if (*command) orders_world_.submit(**command);
    }

    /// What was decided since the last time goes on the road.
    void publish() {
        for (; orders_published_ < orders_world_.history.size(); ++orders_published_)
            send(orders_world_.history[orders_published_], to_inventory_);
        for (; stock_published_ < stock_.history.size(); ++stock_published_)
            send(stock_.history[stock_published_], to_orders_);
    }
    template <class Event>
    void send(const Event& event, Road& road) {
        const EventIdentity identity = identify(event);
        if (!identity.published) return;
        Message message;
        message.meta.type = identity.type;
        message.meta.aggregate_type = identity.aggregate_type;
        message.meta.aggregate_id = identity.aggregate_id;
        message.meta.aggregate_version =
            ++versions_[std::pair(message.meta.aggregate_type, identity.aggregate_id)];
        message.data = to_json(event);
        road.send(std::move(message));
    }

    orders::testing::World orders_world_;
    inventory::testing::World stock_;
    std::vector<ProductId> products_;
    std::vector<OrderId> orders_;
    Road to_orders_;
    Road to_inventory_;
    std::size_t orders_published_ = 0;
    std::size_t stock_published_ = 0;
    std::map<std::pair<std::string, Uuid>, std::int64_t> versions_;
};

void assert_stock_is_sound(const inventory::State& state) {
    std::map<ProductId, std::int64_t> active;
    for (const auto* reservation : state.reservations.present())
        for (const auto& line : reservation->lines)
            if (line.status == inventory::LineStatus::active)
                active[line.product_id] += line.quantity;
    for (const auto* product : state.products.present()) {
        RC_ASSERT(product->reserved_quantity >= 0);
        RC_ASSERT(product->reserved_quantity <= product->quantity);
        RC_ASSERT(product->reserved_quantity == active[product->id]);
    }
}

/// What the lines of an order's reservation must be, when all messages have arrived.
std::optional<inventory::LineStatus> lines_of(orders::Status status) {
    switch (status) {
        case orders::Status::reserved:
        case orders::Status::confirmed:
            return inventory::LineStatus::active;
        case orders::Status::shipped:
            return inventory::LineStatus::fulfilled;
        default:
            return std::nullopt;
    }
}

void assert_order_and_stock_agree(const orders::Order& order, const inventory::State& stock) {
    RC_ASSERT(order.status != orders::Status::pending);
    const auto* reservation = stock.reservations.find(order.id);
    RC_ASSERT(reservation != nullptr);
    const auto wanted = lines_of(order.status);
    for (const auto& line : reservation->lines) {
        if (wanted)
            RC_ASSERT(line.status == *wanted);
        else
            RC_ASSERT(line.status != inventory::LineStatus::active);
    }
    if (!wanted) return;
    std::map<ProductId, std::int64_t> ordered;
    std::map<ProductId, std::int64_t> held;
    for (const auto& line : order.items) ordered[line.product_id] += line.quantity;
    for (const auto& line : reservation->lines) held[line.product_id] += line.quantity;
    RC_ASSERT(ordered == held);
}

RC_GTEST_PROP(Saga, never_oversells_whatever_is_late_repeated_or_overtaken, ()) {
    Platform platform;
    for (const Step& one : *steps()) {
        platform.step(one);
        assert_stock_is_sound(platform.stock());
    }
}

RC_GTEST_PROP(Saga, leaves_orders_and_stock_in_agreement_when_all_has_arrived, ()) {
    Platform platform;
    for (const Step& one : *steps()) platform.step(one);
    platform.settle();
    assert_stock_is_sound(platform.stock());
    for (const auto* order : platform.orders().orders.present())
        assert_order_and_stock_agree(*order, platform.stock());
}

}  // namespace
}  // namespace waybill
