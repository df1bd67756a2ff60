#pragma once
#include <cstdint>

namespace waybill::load {

/// What a client does after 429, 503 or no answer, under the same idempotency key.
enum class Retry : std::uint8_t {
    none,    ///< nothing: every attempt is an arrival's only one
    polite,  ///< waits as long as Retry-After says, or grows its waits; three attempts at most
    storm,   ///< asks again at once, until its time is over: the worst that clients do
};

}  // namespace waybill::load
