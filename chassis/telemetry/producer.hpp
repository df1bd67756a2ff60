#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "chassis/runtime/xoshiro.hpp"
#include "chassis/telemetry/ring.hpp"

namespace waybill::telemetry {

inline constexpr std::size_t services_max = 16;  ///< logical services a process

enum class Signal : std::uint8_t { span, log };
/// queue_full: its ring had no room. no_queue: the memory of all rings was given away.
enum class Drop : std::uint8_t { queue_full, no_queue };
enum class Origin : std::uint8_t { none, local, remote };  ///< of a span's parent

/// A count with one writing thread, read by any.
class Tally {
 public:
    void add(std::uint64_t n = 1) {
        count_.store(count_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t get() const { return count_.load(std::memory_order_relaxed); }

 private:
    std::atomic<std::uint64_t> count_{0};
};

/// What one thread did for one service.
struct Tallies {
    std::array<std::array<Tally, 2>, 3> started;  ///< [Origin][sampled]
    Tally ended;                                  ///< sampled spans
    Tally logged;
    Tally suppressed;                             ///< log records, by their call site's limit
    std::array<std::array<Tally, 2>, 2> dropped;  ///< [Signal][Drop]
};

/// Everything a thread needs to record: its ring, its ids, its counts. Only that thread writes.
struct Producer {
    Producer(std::size_t ring_bytes, std::uint64_t seed) : ring(ring_bytes), random(seed) {}

    std::uint64_t id_bits() {
        const std::uint64_t bits = random.next();
        return bits != 0 ? bits : 1;
    }

    Ring ring;
    Xoshiro256 random;
    std::array<Tallies, services_max> tallies;
    std::atomic<bool> in_use{true};  ///< false: its thread has ended, another may take over
};

}  // namespace waybill::telemetry
