#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/check/judging.hpp"

namespace waybill::check {
namespace {

constexpr std::string_view settled_statement =
    "select id, order_number, status from orders where id > ? order by id limit ?";
constexpr std::string_view ordered_statement =
    "select order_id, position, product_id, quantity from order_items where order_id >= ? and "
    "(order_id > ? or position > ?) order by order_id, position limit ?";
/// A reservation without lines is one row.
constexpr std::string_view reserved_statement =
    "select r.order_id, l.id, r.id, r.status, l.product_id, l.quantity, l.status "
    "from reservations r left join reservation_lines l on l.reservation_id = r.id "
    "where r.order_id >= ? and (r.order_id > ? or l.id > ?) order by r.order_id, l.id limit ?";

/// How much of each product.
using Quantities = std::map<Uuid, std::int64_t>;

/// What the inventory holds for one order.
struct Held {
    bool there = false;
    Uuid id{};
    std::string status;
    Quantities lines;
    std::size_t active = 0;
    std::size_t fulfilled = 0;
    std::size_t count = 0;
};

class SagaPass {
 public:
    explicit SagaPass(Judging& judging)
        : judging_(judging),
          orders_(*judging.sources.orders, settled_statement, {id_key(0)},
                  judging.options.page_rows),
          items_(*judging.sources.orders, ordered_statement, {id_key(0), id_key(0), number_key(1)},
                 judging.options.page_rows),
          reserved_(*judging.sources.inventory, reserved_statement,
                    {id_key(0), id_key(0), id_key(1)}, judging.options.page_rows) {}

    sql::Status run() {
        if (auto begun = step(items_); !begun) return begun;
        if (auto begun = step(reserved_); !begun) return begun;
        auto read = for_each(orders_, [&](const Row& order) { return judge(order); });
        if (!read) return read;
        judging_.findings.examined(Invariant::saga, orders_.count(), "orders");
        judging_.findings.examined(Invariant::books, orders_.count(), "orders");
        if (set_aside_ > 0)
            for (const Invariant one : {Invariant::saga, Invariant::books})
                judging_.findings.note(
                    one, fmt::format("{} orders with a message held aside left out", set_aside_));
        return unknown_before(std::nullopt);
    }

 private:
    sql::Status unknown_before(std::optional<Uuid> id) {
        while (!reserved_.ended() && (!id || reserved_.row().id(0) < *id)) {
            const Row row = reserved_.row();
            judging_.findings.breach(Invariant::books, object_of("reservation", row.id(2)),
                                     fmt::format("is {} for order {}, which is not there",
                                                 row.text(3), row.id(0).to_string()));
            if (auto next = step(reserved_); !next) return next;
        }
        return {};
    }

    sql::Status judge(const Row& order) {
        const Uuid id = order.id(0);
        judging_.progress("sagas", orders_);
        if (auto done = unknown_before(id); !done) return done;
        Quantities ordered;
        while (!items_.ended() && items_.row().id(0) <= id) {
            const Row item = items_.row();
            if (item.id(0) == id) ordered[item.id(2)] += item.number(3);
            if (auto next = step(items_); !next) return next;
        }
        Held held;
        while (!reserved_.ended() && reserved_.row().id(0) == id) {
            add(held, reserved_.row());
            if (auto next = step(reserved_); !next) return next;
        }
        if (judging_.letters.concern(id) || (held.there && judging_.letters.concern(held.id))) {
            ++set_aside_;
            return {};
        }
        judge_state(order, held);
        if (held.count > 0 && held.lines != ordered)
            broken(
                Invariant::books, order,
                fmt::format("its lines and those of reservation {} differ", held.id.to_string()));
        return {};
    }

    static void add(Held& held, const Row& row) {
        held.there = true;
        held.id = row.id(2);
        held.status = row.text(3);
        if (row.null(1)) return;
        ++held.count;
        held.lines[row.id(4)] += row.number(5);
        held.active += row.text(6) == "Active" ? 1U : 0U;
        held.fulfilled += row.text(6) == "Fulfilled" ? 1U : 0U;
    }

    void judge_state(const Row& order, const Held& held) {
        const std::string_view status = order.text(2);
        const std::string reservation =
            held.there ? fmt::format("its reservation {} is {} with {} of {} lines active",
                                     held.id.to_string(), held.status, held.active, held.count)
                       : std::string("it has no reservation");
        const bool all_active = held.count > 0 && held.active == held.count;
        const bool all_fulfilled = held.count > 0 && held.fulfilled == held.count;
        bool agrees = held.active == 0 && held.fulfilled == 0;  // Cancelled
        if (status == "Pending")
            return broken(Invariant::saga, order,
                          "is Pending and nothing is on its way: " + reservation);
        if (status == "Reserved" || status == "Confirmed")
            agrees = all_active && held.status == "Reserved";
        if (status == "Shipped") agrees = all_fulfilled && held.status == "Shipped";
        if (!agrees) broken(Invariant::saga, order, fmt::format("is {}, {}", status, reservation));
        if ((status == "Reserved" || status == "Confirmed") && held.count == 0)
            broken(Invariant::books, order, fmt::format("is {}, no lines are reserved", status));
    }

    void broken(Invariant invariant, const Row& order, std::string text) {
        judging_.findings.breach(
            invariant, fmt::format("order {} ({})", order.text(1), order.id(0).to_string()),
            std::move(text));
    }

    Judging& judging_;
    Stream orders_;
    Stream items_;
    Stream reserved_;
    std::uint64_t set_aside_ = 0;
};

}  // namespace

sql::Status judge_sagas(Judging& judging) {
    const bool both = judging.sources.orders != nullptr && judging.sources.inventory != nullptr;
    if (both && judging.resting()) return SagaPass(judging).run();
    for (const Invariant one : {Invariant::saga, Invariant::books})
        judging.findings.leave_out(one, both ? "holds at rest alone, and the system is at work"
                                             : "the databases of orders and inventory are not both "
                                               "at hand");
    return {};
}

}  // namespace waybill::check
