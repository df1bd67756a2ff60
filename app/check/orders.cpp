#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/check/judging.hpp"
#include "services/orders/events.hpp"

namespace waybill::check {
namespace {

constexpr std::string_view orders_statement =
    "select id, order_number, status, total_amount, version, customer_id, reserved_at, "
    "confirmed_at, shipped_at, cancelled_at from orders where id > ? order by id limit ?";
constexpr std::string_view items_statement =
    "select order_id, position, product_id, quantity, unit_price, line_total from order_items "
    "where order_id >= ? and (order_id > ? or position > ?) order by order_id, position limit ?";
constexpr std::string_view events_statement =
    "select aggregate_id, aggregate_version, event_id, type, "
    "case when type = 'OrderCreated' then data else '' end from events "
    "where aggregate_type = 'order' and aggregate_id >= ? and (aggregate_id > ? or "
    "aggregate_version > ?) order by aggregate_id, aggregate_version limit ?";

struct OrderStep {
    std::int64_t version = 0;
    Uuid event_id{};
    std::string type;
};

/// What one event's type may follow, and the state it leads to.
struct LegalMove {
    std::string_view type;
    std::string_view from;
    std::string_view to;
};
constexpr LegalMove legal_moves[] = {
    {"OrderCreated", "", "Pending"},
    {"OrderReserved", "Pending", "Reserved"},
    {"OrderConfirmed", "Reserved", "Confirmed"},
    {"OrderShipped", "Confirmed", "Shipped"},
    {"OrderCancelled", "Pending", "Cancelled"},
    {"OrderCancelled", "Reserved", "Cancelled"},
    {"OrderCancelled", "Confirmed", "Cancelled"},
};

/// The state after `step`; nothing when it may not follow.
std::optional<std::string_view> state_after(std::string_view state, const OrderStep& step) {
    const auto* move = std::ranges::find_if(legal_moves, [&](const LegalMove& legal) {
        return legal.type == step.type && legal.from == state;
    });
    if (move == std::end(legal_moves)) return std::nullopt;
    return move->to;
}

struct OrderItem {
    Uuid product_id{};
    std::int64_t quantity = 0;
    std::int64_t unit_price = 0;
    std::int64_t line_total = 0;
    bool operator==(const OrderItem&) const = default;
};

/// Everything of one order: copies, since the pages move on.
struct WholeOrder {
    std::vector<OrderItem> items;
    std::vector<OrderStep> steps;
    std::string created;  ///< data of the first OrderCreated
};

class OrdersPass {
 public:
    explicit OrdersPass(Judging& judging)
        : judging_(judging),
          orders_(session(), orders_statement, {id_key(0)}, judging.options.page_rows),
          items_(session(), items_statement, {id_key(0), id_key(0), number_key(1)},
                 judging.options.page_rows),
          events_(session(), events_statement, {id_key(0), id_key(0), number_key(1)},
                  judging.options.page_rows) {}

    sql::Status run() {
        if (auto begun = step(items_); !begun) return begun;
        if (auto begun = step(events_); !begun) return begun;
        auto read = for_each(orders_, [&](const Row& order) { return judge_order(order); });
        if (!read) return read;
        judging_.findings.examined(Invariant::no_loss, orders_.count(), "orders");
        judging_.findings.examined(Invariant::states, orders_.count(), "orders");
        return left_over(std::nullopt);
    }

 private:
    sql::Session& session() { return *judging_.sources.orders; }

    /// Lines and events before this order that belong to none.
    sql::Status left_over(std::optional<Uuid> before) {
        while (!items_.ended() && (!before || items_.row().id(0) < *before)) {
            judging_.findings.breach(Invariant::no_loss, object_of("order", items_.row().id(0)),
                                     "a line of an order that is not there");
            if (auto next = step(items_); !next) return next;
        }
        while (!events_.ended() && (!before || events_.row().id(0) < *before)) {
            judging_.findings.breach(
                Invariant::no_loss, object_of("order", events_.row().id(0)),
                fmt::format("{} of an order that is not there", events_.row().text(3)),
                {events_.row().id(2)});
            if (auto next = step(events_); !next) return next;
        }
        return {};
    }

    sql::Status judge_order(const Row& order) {
        const Uuid id = order.id(0);
        judging_.progress("orders", orders_);
        if (auto done = left_over(id); !done) return done;
        whole_.items.clear();
        whole_.steps.clear();
        whole_.created.clear();
        while (!items_.ended() && items_.row().id(0) == id) {
            const Row item = items_.row();
            whole_.items.push_back({item.id(2), item.number(3), item.number(4), item.number(5)});
            if (auto next = step(items_); !next) return next;
        }
        while (!events_.ended() && events_.row().id(0) == id) {
            const Row event = events_.row();
            whole_.steps.push_back({event.number(1), event.id(2), std::string(event.text(3))});
            if (whole_.created.empty()) whole_.created = event.text(4);
            if (auto next = step(events_); !next) return next;
        }
        judge_path(order);
        judge_total(order);
        judge_creation(order);
        return {};
    }

    void broken(Invariant invariant, const Row& order, std::string text) {
        std::vector<Uuid> events;
        for (const OrderStep& step : whole_.steps) events.push_back(step.event_id);
        judging_.findings.breach(
            invariant, fmt::format("order {} ({})", order.text(1), order.id(0).to_string()),
            std::move(text), std::move(events));
    }

    /// I5: versions 1..k, each move legal, and the row is where they end.
    void judge_path(const Row& order) {
        std::string_view state;
        std::int64_t version = 0;
        for (const OrderStep& step : whole_.steps) {
            if (step.version != ++version)
                return broken(Invariant::states, order,
                              fmt::format("version {} of its events is missing", version));
            const auto next = state_after(state, step);
            if (!next)
                return broken(Invariant::states, order,
                              fmt::format("{} while {}", step.type,
                                          state.empty() ? "there was no order" : state));
            state = *next;
        }
        if (state != order.text(2))
            broken(Invariant::states, order,
                   fmt::format("is {}, by its events {}", order.text(2),
                               state.empty() ? "it was never created" : state));
        if (order.number(4) != version)
            broken(Invariant::states, order,
                   fmt::format("has version {} and {} events", order.number(4), version));
        judge_times(order);
    }

    /// A row bears the times of the states that it has been in.
    void judge_times(const Row& order) {
        constexpr std::pair<std::string_view, std::size_t> times[] = {{"OrderReserved", 6},
                                                                      {"OrderConfirmed", 7},
                                                                      {"OrderShipped", 8},
                                                                      {"OrderCancelled", 9}};
        for (const auto& [type, column] : times) {
            const bool happened =
                std::ranges::find(whole_.steps, type, &OrderStep::type) != whole_.steps.end();
            if (happened == order.null(column))
                broken(Invariant::states, order,
                       fmt::format("{} {}, and the row says otherwise", type,
                                   happened ? "happened" : "never happened"));
        }
    }

    void judge_total(const Row& order) {
        std::int64_t sum = 0;
        for (const OrderItem& item : whole_.items) {
            std::int64_t product = 0;
            if (__builtin_mul_overflow(item.quantity, item.unit_price, &product) ||
                product != item.line_total)
                broken(Invariant::states, order,
                       fmt::format("a line of {} at {} costs {}", item.quantity, item.unit_price,
                                   item.line_total));
            if (__builtin_add_overflow(sum, item.line_total, &sum)) sum = Row::no_number;
        }
        if (sum != order.number(3))
            broken(Invariant::states, order,
                   fmt::format("total {} minor units, its lines {}", order.number(3), sum));
    }

    /// I2: one OrderCreated, which says what the row and its lines say.
    void judge_creation(const Row& order) {
        const auto times = std::ranges::count(whole_.steps, "OrderCreated", &OrderStep::type);
        if (times != 1)
            return broken(Invariant::no_loss, order,
                          fmt::format("has {} OrderCreated events", times));
        if (whole_.items.empty()) return broken(Invariant::no_loss, order, "has no lines");
        auto event = orders::event_from_json("OrderCreated", whole_.created);
        const auto* made = event ? std::get_if<orders::OrderCreated>(&*event) : nullptr;
        if (made == nullptr)
            return broken(Invariant::no_loss, order, "its OrderCreated cannot be read");
        std::vector<OrderItem> told;
        for (const auto& item : made->items)
            told.push_back({item.product_id.value, item.quantity, item.unit_price.minor,
                            item.line_total.minor});
        if (made->order_id.value != order.id(0) || made->order_number != order.text(1) ||
            made->customer_id != order.text(5) || made->total_amount.minor != order.number(3))
            return broken(Invariant::no_loss, order,
                          "its OrderCreated says otherwise than its row");
        if (told != whole_.items)
            broken(Invariant::no_loss, order, "its OrderCreated has other lines than the order");
    }

    Judging& judging_;
    Stream orders_;
    Stream items_;
    Stream events_;
    WholeOrder whole_;
};

}  // namespace

sql::Status judge_orders(Judging& judging) {
    if (judging.sources.orders == nullptr) {
        for (const Invariant one : {Invariant::no_loss, Invariant::states})
            judging.findings.leave_out(one, "the orders' database is not at hand");
        return {};
    }
    return OrdersPass(judging).run();
}

}  // namespace waybill::check
