#include <fmt/format.h>

#include <algorithm>

#include "services/orders/decisions.hpp"

namespace waybill::orders {
namespace {

constexpr std::int64_t line_quantity_max = 1'000'000;
constexpr std::uint32_t correlation_draw = 1'000;  // beyond the ids of the order and its lines
constexpr std::int64_t day_us = 86'400'000'000;
constexpr int number_bits = 40;  // eight digits of base 32
constexpr int number_random_bits = 20;
constexpr std::uint64_t number_steps_a_day = 1U << (number_bits - number_random_bits);
constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const CatalogEntry* sold(const CatalogEntry* entry) {
    return entry && !entry->deleted ? entry : nullptr;
}

const CatalogEntry* find_product(const State& state, const RequestedItem& item) {
    if (item.product_id) return sold(state.catalog.find(*item.product_id));
    const ProductId* id = state.skus.find(*item.sku);
    return id ? sold(state.catalog.find(*id)) : nullptr;
}

/// The lines of an order as they come together from the items asked for, with every fault.
class Basket {
 public:
    Basket(const State& state, const PlaceOrder& command) : state_(state), command_(command) {}

    std::optional<Rejection> fill(const Facts& facts) {
        for (std::size_t i = 0; i < command_.items.size(); ++i) add(i, facts);
        if (currency_ && command_.currency && *command_.currency != *currency_)
            fault("/currency", fmt::format("the products are priced in {}", currency_->code()));
        price_lines();
        if (!faults_.empty()) return rejected(Problem::validation_failed, faults_);
        if (!unknown_.empty()) return rejected(Problem::unknown_product, unknown_);
        if (!changed_.empty())
            return Rejection(Problem::price_changed, "A price is not what the client expected.")
                .with("items", changed_);
        return std::nullopt;
    }

    std::vector<OrderLine> lines;
    Money total;

 private:
    static std::string pointer(std::size_t item, std::string_view member = "") {
        return fmt::format("/items/{}{}", item, member);
    }
    void fault(std::string at, std::string message) {
        faults_.push_back({std::move(at), std::move(message)});
    }
    static Rejection rejected(Problem problem, std::vector<Fault> faults) {
        Rejection rejection(problem, problem == Problem::unknown_product
                                         ? "The catalogue does not know a product of the order."
                                         : "The order is not valid.");
        rejection.faults = std::move(faults);
        return rejection;
    }

    void add(std::size_t index, const Facts& facts) {
        const RequestedItem& item = command_.items[index];
        if (item.product_id.has_value() == item.sku.has_value())
            return fault(pointer(index), "needs either productId or sku");
        const CatalogEntry* product = find_product(state_, item);
        if (!product) {
            unknown_.push_back({pointer(index, item.sku ? "/sku" : "/productId"),
                                "is not a product of the catalogue"});
            return;
        }
        if (!currency_) currency_ = product->price.currency;
        if (product->price.currency != *currency_)
            return fault(pointer(index),
                         fmt::format("is priced in {}, other items in {}",
                                     product->price.currency.code(), currency_->code()));
        compare_price(index, item, *product);
        merge(index, item, *product, facts);
    }

    void compare_price(std::size_t index, const RequestedItem& item, const CatalogEntry& product) {
        if (!item.unit_price) return;
        auto asserted =
            Money::price(*item.unit_price, product.price.currency, pointer(index, "/unitPrice"));
        if (!asserted) {
            for (Fault& one : asserted.error().faults) faults_.push_back(std::move(one));
        } else if (*asserted != product.price) {
            changed_.push_back({{"sku", product.sku}, {"unitPrice", product.price.to_string()}});
        }
    }

    void merge(std::size_t index, const RequestedItem& item, const CatalogEntry& product,
               const Facts& facts) {
        auto line = std::find_if(lines.begin(), lines.end(), [&](const OrderLine& one) {
            return one.product_id == product.product_id;
        });
        if (line == lines.end()) {
            lines.push_back({facts.id(static_cast<std::uint32_t>(index) + 1),
                             product.product_id,
                             product.sku,
                             product.name,
                             0,
                             product.price,
                             {}});
            line = lines.end() - 1;
            first_items_.push_back(index);
        }
        if (item.quantity > line_quantity_max - line->quantity)
            return fault(pointer(index, "/quantity"),
                         fmt::format("must be at most {} for a product", line_quantity_max));
        line->quantity += item.quantity;
    }

    void price_lines() {
        total = Money{0, currency_.value_or(Currency())};
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const auto amount = lines[i].unit_price.times(lines[i].quantity);
            const auto sum = amount ? total.plus(*amount) : std::nullopt;
            if (!sum) return fault(pointer(first_items_[i]), "the total amount is too large");
            lines[i].line_total = *amount;
            total = *sum;
        }
    }

    const State& state_;
    const PlaceOrder& command_;
    std::optional<Currency> currency_;
    std::vector<std::size_t> first_items_;  ///< of each line, the item that began it
    std::vector<Fault> faults_;
    std::vector<Fault> unknown_;
    std::vector<FlatObject> changed_;
};

}  // namespace

std::string draw_order_number(const Facts& facts, std::uint32_t draw) {
    std::string number = "WB-" + facts.now.date_digits() + "-";
    const auto into_day = static_cast<std::uint64_t>(facts.now.us % day_us);
    const std::uint64_t bits = (into_day * number_steps_a_day / day_us) << number_random_bits |
                               (facts.random(draw) & ((1U << number_random_bits) - 1));
    for (int shift = number_bits - 5; shift >= 0; shift -= 5)
        number.push_back(crockford[bits >> shift & 31U]);
    return number;
}

OutcomeOf<Event> decide_on(const State& state, const PlaceOrder& command, const Facts& facts) {
    CHECK(command.customer_id);
    Basket basket(state, command);
    if (auto rejection = basket.fill(facts)) return std::move(*rejection);

    OrderCreated event;
    event.order_id = OrderId{facts.id(0)};
    std::uint32_t draw = 0;
    do {
        event.order_number = draw_order_number(facts, draw++);
    } while (state.numbers.contains(event.order_number));
    event.customer_id = *command.customer_id;
    event.currency = basket.total.currency;
    event.confirmation = command.confirmation;
    event.items = std::move(basket.lines);
    event.total_amount = basket.total;
    event.note = command.note;
    event.metadata = command.metadata;
    event.created_at = facts.now;
    event.deadline_at = facts.now + command.patience.reservation;
    event.correlation_id = facts.id(correlation_draw);
    event.trace_context = command.trace_context;
    std::vector<Event> events;
    events.emplace_back(std::move(event));
    return events;
}

}  // namespace waybill::orders
