#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/auth/jwt.hpp"
#include "chassis/auth/key_source.hpp"

namespace waybill::auth {

/// Remembers verified tokens by their whole text, so that a known one costs no signature check.
/// Bounded: sets of eight places, the longest unused gives way. Thread-safe.
class TokenCache {
 public:
    /// Rounded up to a power of two, at least 64; 0 keeps nothing.
    explicit TokenCache(std::size_t entries_max);

    /// The token, unless it has expired or its source's keys have changed since it was verified.
    std::shared_ptr<const VerifiedToken> find(std::string_view token, Timestamp now);
    /// `version` is the source's, read before its keys were. The source must outlive the cache.
    void put(std::string_view token, std::shared_ptr<const VerifiedToken> verified,
             const KeySource& source, std::uint64_t version);
    std::size_t size() const;

 private:
    struct Place {
        std::uint64_t hash = 0;
        std::uint64_t used = 0;  ///< when, in the shard's own count
        std::uint64_t version = 0;
        const KeySource* source = nullptr;              ///< nullptr: free
        std::shared_ptr<const VerifiedToken> verified;  // shared with the requests it admits
        std::string token;
    };
    struct alignas(64) Shard {
        mutable std::mutex mutex;
        std::uint64_t uses = 0;
        std::vector<Place> places;
    };
    static constexpr std::size_t ways = 8;
    static constexpr std::size_t shard_count = 8;
    std::span<Place> set_of(Shard& shard, std::uint64_t hash) const;

    std::array<Shard, shard_count> shards_;
    std::size_t sets_a_shard_ = 0;
};

}  // namespace waybill::auth
