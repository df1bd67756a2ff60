#pragma once
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "chassis/base/error.hpp"

namespace waybill {

/// A person's command that may not be done, and why, with its numbers.
using Rejection = Error;

/// Nothing to do, and why: a static lower_snake_case word, counted as a metric attribute.
struct Nothing {
    std::string_view reason;
};

/// What a decision came to: events to apply and store, a rejection, or nothing with its reason.
template <class Event>
using OutcomeOf = std::variant<std::vector<Event>, Rejection, Nothing>;

}  // namespace waybill
