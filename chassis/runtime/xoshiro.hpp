#pragma once
#include <array>
#include <bit>
#include <cstdint>

namespace waybill {

/// xoshiro256++ (Blackman, Vigna 2019), seeded by SplitMix64. For ids and jitter, not secrets.
class Xoshiro256 {
 public:
    explicit Xoshiro256(std::uint64_t seed) {
        for (auto& word : state_) {
            seed += 0x9e3779b97f4a7c15U;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
            z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
            word = z ^ (z >> 31U);
        }
    }
    std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t t = state_[1] << 17U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

 private:
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace waybill
