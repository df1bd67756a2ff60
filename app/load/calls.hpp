#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/load/known_orders.hpp"
#include "app/load/mix.hpp"
#include "app/load/operation.hpp"
#include "chassis/http/message.hpp"
#include "chassis/runtime/xoshiro.hpp"

namespace waybill::load {

/// Who orders: a user with a token of their own, or a customer for whom the operator does it.
struct Customer {
    std::string id;
    std::size_t token = 0;  ///< number in the TokenBox
    bool on_behalf = false;
};

/// What a run orders, for whom. Not changed while it runs.
struct Shop {
    std::vector<std::string> products;  ///< ids
    std::vector<Customer> customers;
    std::optional<std::size_t> operator_token;  ///< who confirms and ships
    std::string path;                           ///< of Operation::get, with its query
};

/// One arrival's request, the same for all of its attempts.
struct Call {
    Operation operation = Operation::create;
    bool replaced = false;  ///< something else was drawn, and there was nothing to act on
    bool manual = false;    ///< a created order that waits for its confirmation
    std::uint32_t customer = 0;
    std::string path;
    std::string query;
    std::string body;
    std::string key;  ///< idempotency key; empty: none
    std::optional<std::size_t> token;
    std::optional<KnownOrder> order;  ///< what it acts on
    std::string_view method() const { return changes(operation) ? "POST" : "GET"; }
};

/// Makes a lane's calls. The same seed makes the same choices as long as answers come in the same
/// order; keys are unique by their prefix.
class CallMaker {
 public:
    CallMaker(const Shop& shop, const Mix& mix, std::string key_prefix, std::uint64_t seed);

    /// A call of that operation. A read without an order becomes a list; cancel, confirm and ship
    /// without one become a create.
    Call make(Operation wanted, KnownOrders& orders, MonoTime now);

 private:
    Call create();
    Call list();
    Call on(Operation operation, const KnownOrder& order);
    void add_line(std::string& body, std::size_t product);
    std::string fresh_key();

    const Shop& shop_;
    const std::uint64_t manual_of_million_;
    const std::string key_prefix_;
    std::uint64_t keys_ = 0;
    Xoshiro256 random_;
};

/// The call as HTTP; `token` may be empty.
http::Request request_of(const Call& call, std::string_view token);
/// SHA-256 of method, path with query and body, as the idempotency of the services has it; hex.
std::string request_hash(const Call& call);

}  // namespace waybill::load
