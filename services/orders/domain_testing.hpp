#pragma once
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/orders/domain.hpp"

/// A small orders service without a database, for the domain's tests.
namespace waybill::orders::testing {

inline const Timestamp noon{1'795'000'000'000'000};

inline ProductId product_id(std::uint64_t n) {
    return ProductId{Uuid::v7(Timestamp{noon.us - 1'000'000'000}, n)};
}
inline CatalogEntry product(std::uint64_t n, std::string sku, std::int64_t minor,
                            std::string_view currency = "USD") {
    return {product_id(n),
            std::move(sku),
            "Product " + std::to_string(n),
            Money{minor, *Currency::parse(currency)},
            1,
            false};
}
inline RequestedItem item(std::string sku, std::int64_t quantity) {
    return {std::nullopt, std::move(sku), quantity, std::nullopt};
}
inline PlaceOrder order_of(std::vector<RequestedItem> items) {
    PlaceOrder command;
    command.customer_id = "customer1";
    command.items = std::move(items);
    return command;
}

/// Decides and applies as the frame does: keys that were never seen are absent.
class World {
 public:
    State state;
    Timestamp now = noon;
    std::vector<Event> history;

    OutcomeOf<Event> submit(const Command& command) {
        const Facts facts(now, {"customer1", "test"}, ++seed_);
        learn(command, facts);
        auto outcome = decide(state, command, facts);
        if (const auto* events = std::get_if<std::vector<Event>>(&outcome)) {
            for (const Event& event : *events) {
                apply(state, event, now);
                history.push_back(event);
            }
        }
        return outcome;
    }
    void stock(const CatalogEntry& entry) { submit(RememberProduct{entry}); }
    /// Places an order that must be accepted.
    OrderId place(PlaceOrder command) {
        const auto outcome = submit(std::move(command));
        return std::get<OrderCreated>(std::get<std::vector<Event>>(outcome).at(0)).order_id;
    }
    const Order& order(OrderId id) const { return state.orders.at(id); }

 private:
    void learn(const Command& command, const Facts& facts) {
        const Keys keys = keys_of(command, facts);
        for (const Key& key : keys.all()) {
            if (key.table == orders_key && key.index == by_id)
                state.orders.absent(OrderId{*Uuid::from_bytes(key.value)});
            if (key.table == catalog_key && key.index == by_id)
                state.catalog.absent(ProductId{*Uuid::from_bytes(key.value)});
            if (key.table == catalog_key && key.index == by_sku) state.skus.absent(key.value);
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

}  // namespace waybill::orders::testing
