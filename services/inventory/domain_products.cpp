#include <fmt/format.h>

#include "services/inventory/decisions.hpp"

namespace waybill::inventory {
namespace {

/// The product that a caller names, or why it cannot be changed.
Result<const Product*> reachable(const State& state, ProductId id,
                                 std::optional<std::int64_t> expected_version) {
    const Product* product = state.products.find(id);
    if (!product || product->deleted())
        return fail(Problem::not_found, "There is no such product.");
    if (expected_version && *expected_version != product->version)
        return fail(Error(Problem::version_mismatch, "The product has changed.")
                        .with("currentVersion", product->version));
    return product;
}

Rejection sku_taken() {
    return {Problem::sku_taken, "Another product has this sku."};
}

Rejection invalid_input(std::string pointer, std::string message) {
    return invalid(std::move(pointer), std::move(message)).value();
}

bool same_definition(const Product& product, const ProductUpdated& event) {
    return product.sku == event.sku && product.name == event.name &&
           product.description == event.description && product.price == event.price &&
           product.low_stock_threshold == event.low_stock_threshold;
}

/// The new quantity that an adjustment asks for.
Result<std::int64_t> target(const Product& product, const AdjustStock& command) {
    const bool by_delta = command.delta.has_value();
    const bool by_count = command.expected_quantity && command.quantity;
    if (by_delta == (command.expected_quantity || command.quantity) || (!by_delta && !by_count))
        return invalid("", "needs either delta, or expectedQuantity and quantity");
    if (by_count) {
        if (*command.expected_quantity == product.quantity) return *command.quantity;
        return fail(Error(Problem::quantity_changed, "The quantity on hand is another.")
                        .with("quantity", product.quantity));
    }
    std::int64_t sum = 0;
    if (__builtin_add_overflow(product.quantity, *command.delta, &sum) || sum > quantity_max)
        return invalid("/delta", fmt::format("leads to more than {}", quantity_max));
    return sum;
}

}  // namespace

OutcomeOf<Event> decide_on(const State& state, const CreateProduct& command, const Facts& facts) {
    auto price = Money::price(command.price, command.currency, "/price");
    if (!price) return std::move(price.error());
    if (state.skus.find(command.sku)) return sku_taken();

    ProductCreated event;
    event.product_id = ProductId{facts.id(0)};
    event.sku = command.sku;
    event.name = command.name;
    event.description = command.description;
    event.price = *price;
    event.currency = command.currency;
    event.low_stock_threshold = command.low_stock_threshold;
    event.quantity = command.quantity;
    event.movement_id = facts.id(1);
    event.actor = facts.actor;

    Product product;
    product.id = event.product_id;
    product.sku = event.sku;
    product.name = event.name;
    std::vector<Event> events;
    events.emplace_back(std::move(event));
    watch_low_stock(product, command.quantity, command.low_stock_threshold, events);
    return events;
}

OutcomeOf<Event> decide_on(const State& state, const UpdateProduct& command, const Facts&) {
    auto found = reachable(state, command.product_id, command.expected_version);
    if (!found) return std::move(found.error());
    const Product& product = **found;

    ProductUpdated event;
    event.product_id = product.id;
    event.sku = command.sku.value_or(product.sku);
    event.name = command.name.value_or(product.name);
    event.description = command.description.value_or(product.description);
    event.low_stock_threshold = command.low_stock_threshold.value_or(product.low_stock_threshold);
    event.currency = command.currency.value_or(product.currency);
    event.price = product.price;
    if (command.price || event.currency != product.currency) {
        // A new currency reads the old digits anew: 12.99 USD has no equal in JPY.
        const Decimal digits =
            command.price.value_or(Decimal{product.price.minor, product.price.currency.digits()});
        auto price = Money::price(digits, event.currency, "/price");
        if (!price) return std::move(price.error());
        event.price = *price;
    }
    if (event.sku != product.sku && state.skus.find(event.sku)) return sku_taken();
    if (same_definition(product, event)) return Nothing{"same_definition"};

    const std::int64_t threshold = event.low_stock_threshold;
    Product renamed = product;
    renamed.sku = event.sku;
    renamed.name = event.name;
    std::vector<Event> events;
    events.emplace_back(std::move(event));
    watch_low_stock(renamed, product.available(), threshold, events);
    return events;
}

OutcomeOf<Event> decide_on(const State& state, const DeleteProduct& command, const Facts&) {
    auto found = reachable(state, command.product_id, command.expected_version);
    if (!found) return std::move(found.error());
    const Product& product = **found;
    if (product.reserved_quantity > 0)
        return Rejection(Problem::product_reserved, "Orders hold stock of the product.")
            .with("reservedQuantity", product.reserved_quantity);
    std::vector<Event> events;
    events.emplace_back(ProductDeleted{product.id, product.sku, product.name});
    if (product.low_stock) events.emplace_back(LowStockRearmed{product.id});
    return events;
}

OutcomeOf<Event> decide_on(const State& state, const AdjustStock& command, const Facts& facts) {
    auto found = reachable(state, command.product_id, command.expected_version);
    if (!found) return std::move(found.error());
    const Product& product = **found;
    auto quantity = target(product, command);
    if (!quantity) return std::move(quantity.error());
    if (*quantity > quantity_max)
        return invalid_input("/quantity", fmt::format("must be at most {}", quantity_max));
    if (*quantity < product.reserved_quantity)
        return Rejection(Problem::stock_below_reserved,
                         "Orders hold more than would be left on hand.")
            .with("quantity", product.quantity)
            .with("reservedQuantity", product.reserved_quantity);
    if (*quantity == product.quantity) return Nothing{"same_quantity"};

    InventoryAdjusted event;
    event.product_id = product.id;
    event.sku = product.sku;
    event.old_quantity = product.quantity;
    event.new_quantity = *quantity;
    event.delta = *quantity - product.quantity;
    event.reason = command.reason;
    event.reference = command.reference;
    event.movement_id = facts.id(0);
    event.actor = facts.actor;
    std::vector<Event> events;
    events.emplace_back(std::move(event));
    watch_low_stock(product, *quantity - product.reserved_quantity, product.low_stock_threshold,
                    events);
    return events;
}

}  // namespace waybill::inventory
