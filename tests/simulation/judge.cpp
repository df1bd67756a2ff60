#include "tests/simulation/judge.hpp"

#include <fmt/format.h>

#include <array>
#include <map>

#include "app/check/check.hpp"
#include "tests/simulation/books.hpp"

namespace waybill::simulation {
namespace {

struct Count {
    std::string_view machine;
    std::string_view query;
    std::string_view what;
};

constexpr std::array waiting_counts{
    Count{"", "select count(*) from outbox", "outbox rows"},
    Count{"", "select count(*) from deliveries where state = 'waiting'", "waiting messages"},
    Count{"orders", "select count(*) from orders where status = 'Pending'", "pending orders"},
    Count{"orders", "select count(*) from timers", "deadlines"},
};

constexpr std::array stock_counts{
    Count{"",
          "select count(*) from products where reserved_quantity < 0 or reserved_quantity > "
          "quantity",
          "products with more reserved than there is"},
    Count{"",
          "select count(*) from products p where reserved_quantity <> (select "
          "coalesce(sum(l.quantity), 0) from reservation_lines l where l.product_id = p.id and "
          "l.status = 'Active')",
          "products whose reserved quantity is not that of their active lines"},
    Count{"",
          "select count(*) from products p where quantity <> (select m.quantity_after from "
          "stock_movements m where m.product_id = p.id order by m.revision desc limit 1)",
          "products whose quantity is not that of their last movement"},
};

constexpr std::array rare_counts{
    Count{"orders", "select count(*) from orders where cancellation_reason = 'out_of_stock'",
          "order failed for want of stock"},
    Count{"orders",
          "select count(*) from orders where cancellation_reason = "
          "'confirmation_timeout'",
          "confirmation deadline passed"},
    Count{"orders",
          "select count(*) from orders where cancellation_reason = "
          "'reservation_timeout'",
          "reservation deadline passed"},
    Count{"inventory", "select count(*) from reservations where status = 'Refused'",
          "reservation refused because the cancel came first"},
};

}  // namespace

void Judge::look() {
    Machine& inventory = platform_.machine("inventory");
    if (!inventory.open()) return;
    Books books(inventory);
    if (!books.fault().empty()) return;
    for (const Count& count : stock_counts)
        if (const auto found = books.number(count.query); found > 0)
            breaches_.add("I1", fmt::format("{} {}", found, count.what));
}

std::string Judge::unsettled() {
    for (const auto& machine : platform_.machines())
        if (!machine->open()) return machine->name() + " is not open";
    if (!platform_.bus().empty()) return "messages are on the bus";
    for (const auto name : service_names) {
        Books books(platform_.machine(name));
        if (!books.fault().empty()) return books.fault();
        for (const Count& count : waiting_counts) {
            if (!count.machine.empty() && count.machine != name) continue;
            const auto found = books.number(count.query);
            if (found != 0) return fmt::format("{} {} of {}", found, count.what, name);
        }
    }
    return {};
}

void Judge::judge_at_rest(const History& history, const Poison& poison) {
    look();
    judge_creations(history);
    judge_letters(poison);
    judge_books();
    count_rare_states();
}

/// Each acknowledged order is there, once, as it was answered; one whose fate clients do not know
/// is there at most once (I2, I3).
void Judge::judge_creations(const History& history) {
    Books books(platform_.machine("orders"));
    if (!books.fault().empty()) return breaches_.add("I2", books.fault());
    const auto rows =
        books.session().query("select note, id, order_number, customer_id from orders", {});
    if (!rows) return breaches_.add("I2", rows.error().message);
    std::multimap<std::string, std::array<std::string, 3>> by_mark;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto row = rows->row(i);
        const auto id = Uuid::from_bytes(sql::as_text(row[1])).value_or(Uuid{}).to_string();
        by_mark.emplace(
            std::string(sql::as_text(row[0])),
            std::array{id, std::string(sql::as_text(row[2])), std::string(sql::as_text(row[3]))});
    }
    for (const Creation& creation : history.creations) {
        const auto [first, last] = by_mark.equal_range(creation.mark);
        const auto count = std::distance(first, last);
        if (count > 1)
            breaches_.add(
                creation.key.empty() ? "I2" : "I3",
                fmt::format("{} was placed once and is there {} times", creation.mark, count));
        if (creation.acknowledged && count == 0)
            breaches_.add("I2", fmt::format("{} was acknowledged as {} and is not there",
                                            creation.mark, creation.order_id));
        if (creation.refused && !creation.in_doubt && count != 0)
            breaches_.add("I2", fmt::format("{} was refused and is there", creation.mark));
        if (count == 1 && first->second[2] != creation.customer)
            breaches_.add("I10", fmt::format("{} belongs to {}", creation.mark, first->second[2]));
        if (creation.acknowledged && count == 1 &&
            (first->second[0] != creation.order_id || first->second[1] != creation.number))
            breaches_.add("I3", fmt::format("{} was answered as {} and is {}", creation.mark,
                                            creation.order_id, first->second[0]));
        if (!creation.acknowledged && !creation.refused && !creation.key.empty())
            breaches_.add("I11", fmt::format("{} was asked for again and again, and its key has no "
                                             "answer but {}",
                                             creation.mark, creation.last_answer));
    }
}

/// What is dead is the poison that was put in (I11).
void Judge::judge_letters(const Poison& poison) {
    for (const auto name : service_names) {
        Books books(platform_.machine(name));
        if (!books.fault().empty()) return breaches_.add("I11", books.fault());
        const auto rows = books.session().query(
            "select message_id, state, message_type, fault from deliveries order by id", {});
        if (!rows) return breaches_.add("I11", rows.error().message);
        Poison found;
        for (std::size_t i = 0; i < rows->size(); ++i) {
            const auto row = rows->row(i);
            const auto id = Uuid::from_bytes(sql::as_text(row[0])).value_or(Uuid{});
            if (poison.contains({std::string(name), id}))
                found.emplace(name, id);
            else
                breaches_.add("I11", fmt::format("{} has {} at {}: {}", sql::as_text(row[2]),
                                                 sql::as_text(row[1]), name, sql::as_text(row[3])));
        }
        platform_.sometimes().hit("poison message buried", found.size());
        for (const auto& one : poison)
            if (one.first == name && !found.contains(one))
                breaches_.add("I11", fmt::format("the poison {} is not among the dead of {}",
                                                 one.second.to_string(), name));
    }
}

/// I1, I2 and I4 to I9 and I18 with the product's own checker.
void Judge::judge_books() {
    Books audit(platform_.machine("audit"));
    Books inventory(platform_.machine("inventory"));
    Books notifications(platform_.machine("notifications"));
    Books orders(platform_.machine("orders"));
    for (const Books* books : {&audit, &inventory, &notifications, &orders})
        if (!books->fault().empty()) return breaches_.add("I9a", books->fault());
    const check::Sources sources{&orders.session(), &inventory.session(), &notifications.session(),
                                 &audit.session()};
    check::Options options;
    options.now = world_start + Duration(platform_.scheduler().now().us);
    const auto report = check::judge(sources, options);
    if (!report) return breaches_.add("I9a", report.error().message);
    for (const check::Verdict& verdict : report->verdicts)
        for (const check::Breach& breach : verdict.breaches)
            breaches_.add(std::string(check::code_of(verdict.invariant)),
                          fmt::format("{}: {}", breach.object, breach.text));
}

void Judge::count_rare_states() {
    for (const Count& count : rare_counts) {
        Books books(platform_.machine(count.machine));
        if (!books.fault().empty()) continue;
        const auto found = books.number(count.query);
        if (found > 0) platform_.sometimes().hit(count.what, static_cast<std::uint64_t>(found));
    }
}

}  // namespace waybill::simulation
