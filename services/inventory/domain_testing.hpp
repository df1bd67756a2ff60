#pragma once
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/inventory/domain.hpp"

/// A small inventory service without a database, for the domain's tests.
namespace waybill::inventory::testing {

inline const Timestamp noon{1'795'000'000'000'000};

inline OrderId order_id(std::uint64_t n) {
    return OrderId{Uuid::v7(Timestamp{noon.us - 1'000'000'000}, n)};
}
inline CreateProduct creation(std::string sku, std::int64_t quantity, std::int64_t threshold = 0) {
    CreateProduct command;
    command.sku = sku;
    command.name = "Product " + sku;
    command.quantity = quantity;
    command.low_stock_threshold = threshold;
    command.price = Decimal{1299, 2};
    return command;
}

/// Decides and applies as the frame does: keys that were never seen are absent.
class World {
 public:
    State state;
    Timestamp now = noon;
    std::vector<Event> history;

    OutcomeOf<Event> submit(const Command& command) {
        learn(command);
        const Facts facts(now, {"operator", "test"}, ++seed_);
        auto outcome = decide(state, command, facts);
        if (const auto* events = std::get_if<std::vector<Event>>(&outcome)) {
            for (const Event& event : *events) {
                apply(state, event, now);
                history.push_back(event);
            }
        }
        return outcome;
    }
    /// Creates a product that must be accepted.
    ProductId create(CreateProduct command) {
        const auto outcome = submit(std::move(command));
        return std::get<ProductCreated>(std::get<std::vector<Event>>(outcome).at(0)).product_id;
    }
    const Product& product(ProductId id) const { return state.products.at(id); }
    const Reservation& reservation(OrderId id) const { return state.reservations.at(id); }

 private:
    void learn(const Command& command) {
        const Keys keys = keys_of(command);
        for (const Key& key : keys.all()) {
            if (key.index == by_sku)
                state.skus.absent(key.value);
            else if (key.table == products_key)
                state.products.absent(ProductId{*Uuid::from_bytes(key.value)});
            else
                state.reservations.absent(OrderId{*Uuid::from_bytes(key.value)});
        }
    }
    std::uint64_t seed_ = 0;
};

inline const Rejection* rejection(const OutcomeOf<Event>& outcome) {
    return std::get_if<Rejection>(&outcome);
}
inline std::string_view nothing(const OutcomeOf<Event>& outcome) {
    const auto* reason = std::get_if<Nothing>(&outcome);
    return reason ? reason->reason : "";
}
/// The types of the events that came of it, space between them.
inline std::string types(const OutcomeOf<Event>& outcome) {
    std::string text;
    if (const auto* events = std::get_if<std::vector<Event>>(&outcome))
        for (const Event& event : *events)
            text += (text.empty() ? "" : " ") + std::string(identify(event).type);
    return text;
}

}  // namespace waybill::inventory::testing
