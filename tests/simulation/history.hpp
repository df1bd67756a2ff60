#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace waybill::simulation {

/// One order that somebody asked for, and what came of it, as the client saw it.
struct Creation {
    std::string customer;
    std::string mark;  ///< its note: finds the order in the books
    std::string key;   ///< empty: none, and no repetition
    std::string body;
    bool acknowledged = false;
    bool refused = false;   ///< by the last answer
    bool in_doubt = false;  ///< an attempt was not answered, or by a failure
    // As the answers said.
    std::string order_id;
    std::string number;
    std::string total;
    std::string items;
    std::string last_answer;  ///< status and body
};

/// An order as clients know it.
struct KnownOrder {
    std::string id;
    std::string customer;
    std::int64_t version = 0;  ///< the newest that an answer to a change showed
};

/// What all clients have seen.
struct History {
    std::vector<Creation> creations;
    std::vector<KnownOrder> orders;
    std::vector<std::string> products;  ///< ids
    std::uint64_t requests = 0;
};

}  // namespace waybill::simulation
