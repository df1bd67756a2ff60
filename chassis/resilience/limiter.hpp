#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "chassis/base/error.hpp"
#include "chassis/base/time.hpp"

namespace waybill::resilience {

/// So many in a window, and so many at once: `1000/s` with a burst of 2000.
struct Rate {
    std::int64_t count = 1000;  ///< 1..1,000,000 per window
    Duration window = std::chrono::seconds(1);
    std::int64_t burst = 2000;  ///< at least 1

    /// Reads `N/s`, `N/m` or `N/h`; the burst becomes twice the count. A fault names `pointer`.
    static Result<Rate> parse(std::string_view text, std::string_view pointer);
    /// Positive, and its burst is had back within a year.
    bool sound() const;
    /// Whether this admits no more than `other`, over any time.
    bool within(const Rate& other) const;
};

/// The generic cell rate algorithm (ITU-T I.371) for many keys: over any time t a key is admitted
/// at most burst + rate·t. Holds a bounded number of keys; when too many are active at once, one
/// that is nearest to its full allowance is forgotten. Thread-safe; an admission takes a lock of
/// one of many shards for some nanoseconds and never allocates.
class RateLimiter {
 public:
    struct Options {
        Rate rate;
        std::size_t keys_max = 65'536;  ///< 16 bytes each; rounded up to a power of two
        std::uint64_t seed = 0;         ///< secret: keeps clients from choosing colliding keys
    };
    struct Decision {
        bool allowed = false;
        std::int64_t remaining = 0;  ///< how many more would be admitted now
        Duration reset{};            ///< until the full burst is there again
        Duration retry_after{};      ///< when refused: until the next one is admitted
    };

    explicit RateLimiter(Options options);
    ~RateLimiter();

    /// Charges one to `key` when it is within its allowance; a refusal costs it nothing.
    Decision admit(std::string_view key, MonoTime now);
    const Rate& rate() const { return rate_; }

 private:
    struct Shard;
    struct Entry;
    Entry& entry_of(Shard& shard, std::uint64_t hash, std::int64_t now_ns);

    const Rate rate_;
    const std::int64_t interval_ns_;   // between two of a steady stream
    const std::int64_t tolerance_ns_;  // how far ahead of now the burst may run
    const std::uint64_t seed_;
    const std::size_t sets_per_shard_;
    std::unique_ptr<Shard[]> shards_;
};

}  // namespace waybill::resilience
