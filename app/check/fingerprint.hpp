#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

#include "chassis/base/uuid.hpp"

namespace waybill::check {

/// A multiset in 24 bytes: two are equal when (but for one chance in 2^128) they hold the same
/// items the same number of times, in any order. Not against people who want two to be equal.
class Fingerprint {
 public:
    /// An item of a ledger: which order, what kind of movement, how much.
    void add(const Uuid& id, std::string_view word, std::int64_t number) {
        std::uint64_t first = 0;
        std::uint64_t second = 0;
        std::memcpy(&first, id.bytes.data(), sizeof first);
        std::memcpy(&second, id.bytes.data() + sizeof first, sizeof second);
        std::uint64_t letters = word.size();
        for (const char letter : word)
            letters = mixed(letters ^ static_cast<unsigned char>(letter));
        const std::uint64_t low =
            mixed(first ^ mixed(second ^ mixed(letters ^ static_cast<std::uint64_t>(number))));
        low_ += low;
        high_ += mixed(low ^ mixed(second ^ letters));
        ++count_;
    }
    std::uint64_t count() const { return count_; }
    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;

 private:
    /// The finisher of SplitMix64 (Steele, Lea, Flood 2014): every bit reaches every other.
    static std::uint64_t mixed(std::uint64_t x) {
        x += 0x9e3779b97f4a7c15ULL;
        x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
        return x ^ (x >> 31U);
    }
    std::uint64_t low_ = 0;
    std::uint64_t high_ = 0;
    std::uint64_t count_ = 0;
};

}  // namespace waybill::check
