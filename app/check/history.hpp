#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill::check {

/// A line of an order as it was answered.
struct AnsweredLine {
    Uuid product_id{};
    std::int64_t quantity = 0;
    std::string unit_price;
    std::string line_total;
    auto operator<=>(const AnsweredLine&) const = default;
};

/// One attempt of a client and what it was answered (docs/reference/history.md).
struct Attempt {
    std::uint64_t line = 0;  ///< of the file, from 1
    Timestamp at{};          ///< sent
    std::string customer;    ///< subject
    std::string key;         ///< idempotency key; empty: none
    std::string request_hash;
    std::string operation;  ///< `create`, `cancel`, …
    std::string outcome;    ///< `acknowledged`, `refused`, `failed`, `unknown`
    Uuid order{};           ///< nil: not known
    std::string number;     ///< the rest: of an acknowledged create
    std::string total;
    std::vector<AnsweredLine> lines;
};

/// Gives every attempt in order; may be asked several times. Its failure is for people.
using Attempts = std::function<Status(const std::function<void(const Attempt&)>&)>;

/// Attempts of a file of JSON lines. A line that is none fails, naming file and line; a last line
/// without an end is one that was being written, and is left out.
Attempts attempts_of_file(std::string path);

}  // namespace waybill::check
