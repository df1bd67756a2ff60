#include "chassis/resilience/limiter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <mutex>
#include <vector>

#include "chassis/base/check.hpp"

namespace waybill::resilience {
namespace {

constexpr std::size_t ways = 8;
constexpr std::size_t shard_count = 64;
constexpr std::int64_t count_max = 1'000'000;
constexpr std::int64_t us_in_ns = 1000;

__extension__ using Wide = unsigned __int128;

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

/// Multiply and fold, keyed: fast, and nobody without the seed can choose what collides.
std::uint64_t keyed_hash(std::string_view text, std::uint64_t seed) {
    constexpr std::uint64_t a = 0xa0761d6478bd642fU;
    constexpr std::uint64_t b = 0xe7037ed1a0b428dbU;
    std::uint64_t state = fold(seed ^ a, text.size() ^ b);
    while (!text.empty()) {
        std::uint64_t word = 0;
        const std::size_t taken = std::min(text.size(), sizeof word);
        std::memcpy(&word, text.data(), taken);
        text.remove_prefix(taken);
        state = fold(state ^ word ^ a, seed ^ b);
    }
    const std::uint64_t hash = fold(state, a);
    return hash == 0 ? 1 : hash;
}

/// Rounded up: a steady stream at the rate is then never faster than the rate.
std::int64_t interval_of(const Rate& rate) {
    const std::int64_t window_ns = rate.window.count() * us_in_ns;
    return (window_ns + rate.count - 1) / rate.count;
}

}  // namespace

struct RateLimiter::Entry {
    std::uint64_t key = 0;        // hash; 0: never used
    std::int64_t arrival_ns = 0;  // theoretical arrival time of the next one
};

struct alignas(64) RateLimiter::Shard {
    std::mutex mutex;
    std::vector<Entry> entries;
};

Result<Rate> Rate::parse(std::string_view text, std::string_view pointer) {
    Rate rate;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), rate.count);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (unit == "/s")
        rate.window = std::chrono::seconds(1);
    else if (unit == "/m")
        rate.window = std::chrono::minutes(1);
    else if (unit == "/h")
        rate.window = std::chrono::hours(1);
    else
        rate.count = 0;
    if (failed != std::errc() || rate.count < 1 || rate.count > count_max)
        return invalid(std::string(pointer),
                       fmt::format("'{}' is not a rate: write N/s, N/m or N/h with N from 1 to {}",
                                   text, count_max));
    rate.burst = 2 * rate.count;
    return rate;
}

bool Rate::sound() const {
    constexpr Duration burst_time_max = std::chrono::hours(24 * 365);
    return count >= 1 && count <= count_max && burst >= 1 && window > Duration::zero() &&
           static_cast<Wide>(window.count()) * static_cast<Wide>(burst) <=
               static_cast<Wide>(burst_time_max.count()) * static_cast<Wide>(count);
}

bool Rate::within(const Rate& other) const {
    const bool not_faster = static_cast<Wide>(count) * static_cast<Wide>(other.window.count()) <=
                            static_cast<Wide>(other.count) * static_cast<Wide>(window.count());
    return not_faster && burst <= other.burst;
}

RateLimiter::RateLimiter(Options options)
    : rate_(options.rate),
      interval_ns_(interval_of(options.rate)),
      tolerance_ns_(interval_ns_ * options.rate.burst),
      seed_(options.seed),
      sets_per_shard_(
          std::bit_ceil(std::max(options.keys_max / (ways * shard_count), std::size_t{1}))),
      shards_(std::make_unique<Shard[]>(shard_count)) {
    CHECK(rate_.sound());
    for (std::size_t i = 0; i < shard_count; ++i) shards_[i].entries.resize(sets_per_shard_ * ways);
}

RateLimiter::~RateLimiter() = default;

RateLimiter::Entry& RateLimiter::entry_of(Shard& shard, std::uint64_t hash, std::int64_t now_ns) {
    const std::size_t set = (hash / shard_count) & (sets_per_shard_ - 1);
    Entry* const first = shard.entries.data() + set * ways;
    Entry* oldest = first;
    for (Entry* entry = first; entry != first + ways; ++entry) {
        if (entry->key == hash) return *entry;
        if (entry->arrival_ns < oldest->arrival_ns) oldest = entry;
    }
    *oldest = {hash, now_ns};
    return *oldest;
}

RateLimiter::Decision RateLimiter::admit(std::string_view key, MonoTime now) {
    const std::int64_t now_ns = now.us * us_in_ns;
    const std::uint64_t hash = keyed_hash(key, seed_);
    Shard& shard = shards_[hash % shard_count];
    std::unique_lock lock(shard.mutex);
    Entry& entry = entry_of(shard, hash, now_ns);
    const std::int64_t next_ns = std::max(entry.arrival_ns, now_ns) + interval_ns_;
    const bool allowed = next_ns - now_ns <= tolerance_ns_;
    if (allowed) entry.arrival_ns = next_ns;
    const std::int64_t ahead_ns = std::max<std::int64_t>(entry.arrival_ns - now_ns, 0);
    lock.unlock();

    Decision decision;
    decision.allowed = allowed;
    decision.remaining = (tolerance_ns_ - ahead_ns) / interval_ns_;
    decision.reset = Duration((ahead_ns + us_in_ns - 1) / us_in_ns);
    if (!allowed)
        decision.retry_after =
            Duration((next_ns - now_ns - tolerance_ns_ + us_in_ns - 1) / us_in_ns);
    return decision;
}

}  // namespace waybill::resilience
