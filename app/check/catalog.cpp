#include <fmt/format.h>

#include "app/check/judging.hpp"

namespace waybill::check {
namespace {

constexpr std::string_view replica_statement =
    "select product_id, version, deleted, sku, name, price, currency from catalog "
    "where product_id > ? order by product_id limit ?";
constexpr std::string_view definitions_statement =
    "select id, version, case when deleted_at is null then 0 else 1 end, sku, name, price, "
    "currency from products where id > ? order by id limit ?";

/// The orders' replica of a product beside the product.
class CatalogPass {
 public:
    explicit CatalogPass(Judging& judging)
        : judging_(judging),
          replica_(*judging.sources.orders, replica_statement, {id_key(0)},
                   judging.options.page_rows),
          products_(*judging.sources.inventory, definitions_statement, {id_key(0)},
                    judging.options.page_rows) {}

    sql::Status run() {
        if (auto begun = step(replica_); !begun) return begun;
        auto read = for_each(products_, [&](const Row& product) { return judge(product); });
        if (!read) return read;
        return unknown_before(std::nullopt);
    }

 private:
    sql::Status unknown_before(std::optional<Uuid> id) {
        while (!replica_.ended() && (!id || replica_.row().id(0) < *id)) {
            broken(replica_.row(), "is known to orders alone");
            if (auto next = step(replica_); !next) return next;
        }
        return {};
    }

    sql::Status judge(const Row& product) {
        const Uuid id = product.id(0);
        if (auto done = unknown_before(id); !done) return done;
        if (replica_.ended() || replica_.row().id(0) != id) {
            if (late_matters(id)) broken(product, "never reached the orders' catalogue");
            return {};
        }
        compare(product, replica_.row());
        return step(replica_);
    }

    void compare(const Row& product, const Row& known) {
        if (known.number(1) > product.number(1))
            return broken(product, fmt::format("orders know version {}, it is at {}",
                                               known.number(1), product.number(1)));
        if (known.number(1) < product.number(1)) {
            if (late_matters(product.id(0)))
                broken(product, fmt::format("orders are left at version {} of {}", known.number(1),
                                            product.number(1)));
            return;
        }
        const bool deleted = product.number(2) != 0;
        const bool same =
            known.number(2) == product.number(2) &&
            (deleted || (known.text(3) == product.text(3) && known.text(4) == product.text(4) &&
                         known.number(5) == product.number(5) && known.text(6) == product.text(6)));
        if (!same)
            broken(product,
                   fmt::format("orders know version {} with other words", known.number(1)));
    }

    /// What has not come yet is missing: nothing is on its way.
    bool late_matters(const Uuid& product) const {
        return judging_.resting() && !judging_.letters.concern(product);
    }
    void broken(const Row& product, std::string text) {
        judging_.findings.breach(
            Invariant::order,
            fmt::format("product {} ({})", product.id(0).to_string(), product.text(3)),
            std::move(text));
    }

    Judging& judging_;
    Stream replica_;
    Stream products_;
};

}  // namespace

sql::Status judge_catalog(Judging& judging) {
    if (judging.sources.orders == nullptr || judging.sources.inventory == nullptr) return {};
    return CatalogPass(judging).run();
}

}  // namespace waybill::check
