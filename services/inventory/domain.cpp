#include "services/inventory/domain.hpp"

#include "services/inventory/decisions.hpp"

namespace waybill::inventory {
namespace {

void add_keys(Keys& keys, const CreateProduct& command) {
    keys.read(products_key, command.sku, by_sku);
}
void add_keys(Keys& keys, const UpdateProduct& command) {
    keys.change(products_key, command.product_id.value.raw(), by_id);
    if (command.sku) keys.read(products_key, *command.sku, by_sku);
}
void add_keys(Keys& keys, const DeleteProduct& command) {
    keys.change(products_key, command.product_id.value.raw(), by_id);
}
void add_keys(Keys& keys, const AdjustStock& command) {
    keys.change(products_key, command.product_id.value.raw(), by_id);
}
template <class Move>
void add_keys(Keys& keys, const Move& command) {
    for (const WantedLine& line : command.lines)
        keys.change(products_key, line.product_id.value.raw(), by_id);
    keys.change(reservations_key, command.order_id.value.raw(), by_id);
}

std::string_view name_of(const CreateProduct&) {
    return "CreateProduct";
}
std::string_view name_of(const UpdateProduct&) {
    return "UpdateProduct";
}
std::string_view name_of(const DeleteProduct&) {
    return "DeleteProduct";
}
std::string_view name_of(const AdjustStock&) {
    return "AdjustStock";
}
std::string_view name_of(const ReserveStock&) {
    return "ReserveStock";
}
std::string_view name_of(const ReleaseStock&) {
    return "ReleaseStock";
}
std::string_view name_of(const ShipStock&) {
    return "ShipStock";
}

EventIdentity product(std::string_view type, ProductId id) {
    return {type, "product", id.value};
}
EventIdentity stock(std::string_view type, ProductId id, bool published = true) {
    return {type, "stock", id.value, published};
}
EventIdentity reservation(std::string_view type, ReservationId id, bool published = true) {
    return {type, "reservation", id.value, published};
}

EventIdentity identity_of(const ProductCreated& event) {
    return product("ProductCreated", event.product_id);
}
EventIdentity identity_of(const ProductUpdated& event) {
    return product("ProductUpdated", event.product_id);
}
EventIdentity identity_of(const ProductDeleted& event) {
    return product("ProductDeleted", event.product_id);
}
EventIdentity identity_of(const InventoryAdjusted& event) {
    return stock("InventoryAdjusted", event.product_id);
}
EventIdentity identity_of(const LowStockAlert& event) {
    return stock("LowStockAlert", event.product_id);
}
EventIdentity identity_of(const LowStockRearmed& event) {
    return stock("LowStockRearmed", event.product_id, false);
}
EventIdentity identity_of(const InventoryReserved& event) {
    return reservation("InventoryReserved", event.reservation_id);
}
EventIdentity identity_of(const InventoryReservationFailed& event) {
    return reservation("InventoryReservationFailed", event.reservation_id);
}
EventIdentity identity_of(const InventoryReleased& event) {
    return reservation("InventoryReleased", event.reservation_id);
}
EventIdentity identity_of(const InventoryShipped& event) {
    return reservation("InventoryShipped", event.reservation_id);
}
EventIdentity identity_of(const ReservationRefused& event) {
    return reservation("ReservationRefused", event.reservation_id, false);
}

struct Version {
    const State& state;

    std::int64_t operator()(const ProductCreated& event) const { return definition(event); }
    std::int64_t operator()(const ProductUpdated& event) const { return definition(event); }
    std::int64_t operator()(const ProductDeleted& event) const { return definition(event); }
    std::int64_t operator()(const InventoryAdjusted& event) const { return of_stock(event); }
    std::int64_t operator()(const LowStockAlert& event) const { return of_stock(event); }
    std::int64_t operator()(const LowStockRearmed&) const { return 0; }
    std::int64_t operator()(const ReservationRefused&) const { return 0; }
    template <class E>
    std::int64_t operator()(const E& event) const {
        return state.reservations.at(event.order_id).version;
    }

 private:
    template <class E>
    std::int64_t definition(const E& event) const {
        return state.products.at(event.product_id).version;
    }
    template <class E>
    std::int64_t of_stock(const E& event) const {
        return state.products.at(event.product_id).stock_version;
    }
};

}  // namespace

Keys keys_of(const Command& command) {
    Keys keys;
    std::visit([&](const auto& one) { add_keys(keys, one); }, command);
    return keys;
}

OutcomeOf<Event> decide(const State& state, const Command& command, const Facts& facts) {
    return std::visit([&](const auto& one) { return decide_on(state, one, facts); }, command);
}

std::string_view command_name(const Command& command) {
    return std::visit([](const auto& one) { return name_of(one); }, command);
}

EventIdentity identify(const Event& event) {
    return std::visit([](const auto& one) { return identity_of(one); }, event);
}

std::int64_t version_of(const State& state, const Event& event) {
    return std::visit(Version{state}, event);
}

void watch_low_stock(const Product& product, std::int64_t available, std::int64_t threshold,
                     std::vector<Event>& events) {
    const bool low = available < threshold;
    if (low && !product.low_stock)
        events.emplace_back(
            LowStockAlert{product.id, product.sku, product.name, available, threshold});
    else if (!low && product.low_stock)
        events.emplace_back(LowStockRearmed{product.id});
}

}  // namespace waybill::inventory
