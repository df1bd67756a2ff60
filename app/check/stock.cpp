#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>

#include "app/check/fingerprint.hpp"
#include "app/check/judging.hpp"
#include "services/inventory/events.hpp"

namespace waybill::check {
namespace {

/// What lines, ledger and events say of one product.
struct StockBooks {
    std::int64_t active = 0;  ///< in lines that hold stock
    Fingerprint due;          ///< the movements that the lines ask for
    std::int64_t told = 0;    ///< first stock and adjustments, by the events
    bool known = false;       ///< there is a row of the product
};

/// The sums of one product's ledger.
struct Ledger {
    std::int64_t in = 0;  ///< received and adjusted
    std::int64_t shipped = 0;
    std::int64_t held = 0;  ///< reserved and neither released nor shipped
    Fingerprint moved;      ///< for orders
};

class StockPass {
 public:
    explicit StockPass(Judging& judging)
        : judging_(judging), session_(*judging.sources.inventory) {}

    sql::Status run() {
        if (auto done = read_lines(); !done) return done;
        if (auto done = read_events(); !done) return done;
        if (auto done = judge_products(); !done) return done;
        for (const auto& [product, books] : books_)
            if (!books.known)
                broken(Invariant::stock, product, "",
                       "lines or events of a product that has no row");
        return {};
    }

 private:
    void broken(Invariant invariant, const Uuid& product, std::string_view sku, std::string text,
                std::vector<Uuid> events = {}) {
        std::string object = object_of("product", product);
        if (!sku.empty()) object += fmt::format(" ({})", sku);
        judging_.findings.breach(invariant, std::move(object), std::move(text), std::move(events));
    }

    sql::Status read_lines() {
        Stream lines(session_,
                     "select l.id, l.product_id, l.quantity, l.status, r.order_id "
                     "from reservation_lines l left join reservations r on r.id = l.reservation_id "
                     "where l.id > ? order by l.id limit ?",
                     {id_key(0)}, judging_.options.page_rows);
        return for_each(lines, [&](const Row& row) {
            judging_.progress("reservation lines", lines);
            if (row.null(4))
                judging_.findings.breach(Invariant::books, object_of("reservation line", row.id(0)),
                                         "belongs to no reservation");
            StockBooks& books = books_[row.id(1)];
            const std::string_view status = row.text(3);
            const std::int64_t quantity = row.number(2);
            books.due.add(row.id(4), "reserve", quantity);
            if (status == "Active") books.active += quantity;
            if (status == "Released") books.due.add(row.id(4), "release", quantity);
            if (status == "Fulfilled") books.due.add(row.id(4), "ship", quantity);
        });
    }

    sql::Status read_events() {
        Stream events(session_,
                      "select seq, event_id, type, aggregate_id, data from events where seq > ? "
                      "and type in ('ProductCreated', 'InventoryAdjusted') order by seq limit ?",
                      {number_key(0)}, judging_.options.page_rows);
        return for_each(events, [&](const Row& row) {
            auto event = inventory::event_from_json(row.text(2), row.text(4));
            if (!event) {
                broken(Invariant::stock, row.id(3), "",
                       fmt::format("{} cannot be read: {}", row.text(2), event.error().detail),
                       {row.id(1)});
                return;
            }
            StockBooks& books = books_[row.id(3)];
            if (const auto* made = std::get_if<inventory::ProductCreated>(&*event))
                books.told += made->quantity;
            if (const auto* adjusted = std::get_if<inventory::InventoryAdjusted>(&*event))
                books.told += adjusted->delta;
        });
    }

    sql::Status judge_products() {
        Stream products(session_,
                        "select id, sku, quantity, reserved_quantity from products where id > ? "
                        "order by id limit ?",
                        {id_key(0)}, judging_.options.page_rows);
        Stream movements(session_,
                         "select product_id, id, kind, quantity, order_id, quantity_after, "
                         "reserved_after, revision from stock_movements where product_id >= ? and "
                         "(product_id > ? or revision > ?) order by product_id, revision limit ?",
                         {id_key(0), id_key(0), number_key(7)}, judging_.options.page_rows);
        if (auto begun = step(movements); !begun) return begun;
        auto read = for_each(products,
                             [&](const Row& product) { return judge_product(product, movements); });
        if (!read) return read;
        judging_.findings.examined(Invariant::stock, products.count(), "products");
        return left_over(movements, std::nullopt);
    }

    /// Movements of products before this one that have no row.
    sql::Status left_over(Stream& movements, std::optional<Uuid> before) {
        while (!movements.ended() && (!before || movements.row().id(0) < *before)) {
            broken(Invariant::stock, movements.row().id(0), "",
                   fmt::format("movement {} of a product that has no row",
                               movements.row().id(1).to_string()));
            if (auto next = step(movements); !next) return next;
        }
        return {};
    }

    sql::Status judge_product(const Row& product, Stream& movements) {
        const Uuid id = product.id(0);
        if (auto done = left_over(movements, id); !done) return done;
        Ledger ledger;
        while (!movements.ended() && movements.row().id(0) == id) {
            judging_.progress("stock movements", movements);
            add_movement(ledger, product, movements.row());
            if (auto next = step(movements); !next) return next;
        }
        StockBooks& books = books_[id];
        books.known = true;
        compare(product, books, ledger);
        if (ledger.moved == books.due) return {};
        return name_movements(product, books, ledger);
    }

    void add_movement(Ledger& ledger, const Row& product, const Row& movement) {
        const std::string_view kind = movement.text(2);
        const std::int64_t quantity = movement.number(3);
        const std::int64_t after = movement.number(5);
        const std::int64_t reserved_after = movement.number(6);
        if (reserved_after < 0 || reserved_after > after)
            broken(Invariant::stock, product.id(0), product.text(1),
                   fmt::format("movement {} leaves {} reserved of {}", movement.id(1).to_string(),
                               reserved_after, after));
        if (kind == "receive" || kind == "adjust") {
            ledger.in += quantity;
            return;
        }
        ledger.moved.add(movement.id(4), kind, quantity);
        ledger.shipped += kind == "ship" ? quantity : 0;
        ledger.held += kind == "reserve" ? quantity : -quantity;
    }

    void compare(const Row& product, const StockBooks& books, const Ledger& ledger) {
        const std::int64_t quantity = product.number(2);
        const std::int64_t reserved = product.number(3);
        const auto differs = [&](std::string text) {
            broken(Invariant::stock, product.id(0), product.text(1), std::move(text));
        };
        if (reserved < 0 || reserved > quantity)
            differs(fmt::format("{} reserved of {}", reserved, quantity));
        if (reserved != books.active)
            differs(fmt::format("{} reserved, active lines hold {}", reserved, books.active));
        if (reserved != ledger.held)
            differs(fmt::format("{} reserved, by the ledger {}", reserved, ledger.held));
        if (quantity != ledger.in - ledger.shipped)
            differs(
                fmt::format("quantity {}, by the ledger {} received and adjusted less {} "
                            "shipped",
                            quantity, ledger.in, ledger.shipped));
        if (ledger.in != books.told)
            differs(fmt::format("{} received and adjusted by the ledger, {} by the events",
                                ledger.in, books.told));
    }

    /// The ledger does not show every reservation once: says which orders show more than once.
    sql::Status name_movements(const Row& product, const StockBooks& books, const Ledger& ledger) {
        const Uuid id = product.id(0);
        auto doubled = session_.query(
            "select order_id, kind, count(*) from stock_movements where product_id = ? and "
            "order_id is not null group by order_id, kind having count(*) > 1 "
            "order by order_id, kind limit 20",
            std::array{sql::id_cell(id)});
        if (!doubled) return tl::unexpected(std::move(doubled.error()));
        for (std::size_t i = 0; i < doubled->size(); ++i) {
            const Row row(doubled->row(i));
            broken(Invariant::once, id, product.text(1),
                   fmt::format("{} of order {} stands {} times in the ledger", row.text(1),
                               row.id(0).to_string(), row.number(2)));
        }
        if (doubled->empty())
            broken(Invariant::once, id, product.text(1),
                   fmt::format("its {} reservation movements are not the {} that its reservation "
                               "lines ask for",
                               ledger.moved.count(), books.due.count()));
        return {};
    }

    Judging& judging_;
    sql::Session& session_;
    std::map<Uuid, StockBooks> books_;
};

}  // namespace

sql::Status judge_stock(Judging& judging) {
    if (judging.sources.inventory == nullptr) {
        judging.findings.leave_out(Invariant::stock, "the inventory's database is not at hand");
        return {};
    }
    return StockPass(judging).run();
}

}  // namespace waybill::check
