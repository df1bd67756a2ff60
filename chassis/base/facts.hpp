#pragma once
#include <cstdint>

#include "chassis/base/actor.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill {

/// What a decision may know beside its state and command. Stays with its submission when a batch
/// runs again, so a repeated decision draws the same ids.
class Facts {
 public:
    Facts(Timestamp at, Actor who, std::uint64_t seed)
        : now(at), actor(std::move(who)), seed_(seed) {}

    Timestamp now;
    Actor actor;

    /// The n-th fresh id of this submission (UUIDv7 of `now`). The same n gives the same id.
    Uuid id(std::uint32_t n) const { return Uuid::v7(now, mix(2 * std::uint64_t{n})); }
    /// The n-th 64 random bits, independent of the ids.
    std::uint64_t random(std::uint32_t n) const { return mix(2 * std::uint64_t{n} + 1); }

 private:
    /// SplitMix64 (Steele, Lea, Flood 2014).
    std::uint64_t mix(std::uint64_t n) const {
        std::uint64_t z = seed_ + (n + 1) * 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }
    std::uint64_t seed_;
};

}  // namespace waybill
