#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace waybill::simulation {

/// States that a good run reaches sometimes. A set of runs that never reaches one of them proves
/// less than it seems to, and fails.
inline constexpr std::array<std::string_view, 40> rare_states{
    "process killed",
    "process killed inside a transaction",
    "process killed between commit and answer",
    "process killed inside a disk write",
    "process killed while it starts",
    "all processes killed at once",
    "process stopped in order",
    "power lost",
    "unsynced write dropped",
    "unsynced write torn",
    "commit unknown, and it happened",
    "commit unknown, and it did not happen",
    "serialization failure",
    "database connection lost",
    "disk full",
    "disk error",
    "clock stepped forward",
    "clock stepped back",
    "slow database",
    "message lost before its confirm",
    "confirm lost",
    "message delivered twice",
    "message came again after its consumer died",
    "message overtaken by a later one of its aggregate",
    "poison message buried",
    "request lost",
    "answer lost",
    "connection reset",
    "client gave up and came again",
    "idempotency key replayed",
    "request refused for now",
    "gateway answered for a service that was down",
    "signing key rotated",
    "token refused and fetched again",
    "order failed for want of stock",
    "reservation refused because the cancel came first",
    "confirmation deadline passed",
    "reservation deadline passed",
    "adjustment below the reserved quantity refused",
    "foreign order asked for",
};

/// Counts how often each of them was reached.
class Sometimes {
 public:
    /// `state` is one of `rare_states`.
    void hit(std::string_view state, std::uint64_t times = 1);
    std::uint64_t count(std::string_view state) const;
    void add(const Sometimes& other);
    const std::array<std::uint64_t, rare_states.size()>& counts() const { return counts_; }
    std::array<std::uint64_t, rare_states.size()>& counts() { return counts_; }

 private:
    static std::size_t index_of(std::string_view state);
    std::array<std::uint64_t, rare_states.size()> counts_{};
};

}  // namespace waybill::simulation
