#include "services/inventory/frame_domain.hpp"

#include <type_traits>

namespace waybill::inventory {
namespace {

template <class C>
inline constexpr bool of_an_order = std::is_same_v<C, ReserveStock> ||
                                    std::is_same_v<C, ReleaseStock> || std::is_same_v<C, ShipStock>;

/// The product that a person's command is about; nullptr for the others, or when there is none.
const Product* product_of(const State& state, const Command& command, const Facts& facts) {
    return std::visit(
        [&]<class C>(const C& one) -> const Product* {
            if constexpr (of_an_order<C>)
                return nullptr;
            else if constexpr (std::is_same_v<C, CreateProduct>)
                return state.products.find(ProductId{facts.id(0)});
            else
                return state.products.find(one.product_id);
        },
        command);
}

}  // namespace

service::Subject InventoryDomain::subject_of(const State& state, const Command& command,
                                             const Facts& facts) {
    if (const Product* product = product_of(state, command, facts))
        return {product->id.value, product->version};
    return std::visit(
        [&]<class C>(const C& one) -> service::Subject {
            if constexpr (of_an_order<C>)
                if (const Reservation* reservation = state.reservations.find(one.order_id))
                    return {reservation->id.value, reservation->version};
            return {};
        },
        command);
}

std::optional<Product> InventoryDomain::view_of(const State& state, const Command& command,
                                                const Facts& facts) {
    const Product* product = product_of(state, command, facts);
    return product ? std::optional<Product>(*product) : std::nullopt;
}

}  // namespace waybill::inventory
