#pragma once
#include <cstdint>

#include "chassis/base/time.hpp"
#include "chassis/runtime/xoshiro.hpp"

namespace waybill::simulation {

/// A stream of choices made by a seed. Each part of the world has its own stream, so that taking
/// one fault out of a run changes as little as possible of the rest.
class Random {
 public:
    Random(std::uint64_t seed, std::uint64_t stream) : bits_(seed * 0x9e3779b97f4a7c15U + stream) {}

    std::uint64_t bits() { return bits_.next(); }
    /// In [0, bound); `bound` is at least 1.
    std::uint64_t below(std::uint64_t bound) { return bits_.next() % bound; }
    /// In [least, most].
    std::int64_t between(std::int64_t least, std::int64_t most) {
        return least +
               static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
    }
    Duration between(Duration least, Duration most) {
        return Duration(between(least.count(), most.count()));
    }
    /// True `per_mille` times in a thousand.
    bool chance(std::uint64_t per_mille) { return below(1000) < per_mille; }

 private:
    Xoshiro256 bits_;
};

}  // namespace waybill::simulation
