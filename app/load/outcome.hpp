#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/load/operation.hpp"
#include "chassis/base/time.hpp"
#include "chassis/http/message.hpp"

namespace waybill::load {

/// How an attempt, and in the end an arrival, came out.
enum class Outcome : std::uint8_t {
    acknowledged,  ///< 2xx
    refused,       ///< 4xx but 429: it will not be carried out as it is
    limited,       ///< 429
    shed,          ///< 503: refused for now, nothing changed
    failed,        ///< nothing was sent, or the answer is useless but nothing can have changed
    unknown,       ///< no answer, or one that leaves open whether a change happened
    unsent,        ///< half of the arrival's time was over before a connection was free
};
inline constexpr std::size_t outcome_count = 7;
inline constexpr std::array<std::string_view, outcome_count> outcome_names{
    "acknowledged", "refused", "limited", "shed", "failed", "unknown", "unsent"};

constexpr std::string_view name_of(Outcome outcome) {
    return outcome_names[static_cast<std::size_t>(outcome)];
}

struct Verdict {
    Outcome outcome = Outcome::unsent;
    std::uint16_t status = 0;               ///< 0: nobody answered
    std::string kind;                       ///< `409 illegal-transition`, `no answer in time`, …
    std::optional<Duration> retry_after{};  ///< what a 429 or 503 asked for
};

/// Judges an answer. 502, 504 and other 5xx to a change leave open whether it happened.
Verdict judge(Operation operation, const http::Response& response, std::string_view body);

}  // namespace waybill::load
