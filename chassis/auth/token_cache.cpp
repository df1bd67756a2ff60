#include "chassis/auth/token_cache.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace waybill::auth {
namespace {

/// Only verified tokens are kept, and nobody can choose the end of a signature: a few of its
/// letters spread as well as a hash of the whole text, which equality compares anyway.
std::uint64_t hash_of(std::string_view token) {
    std::uint64_t words[3]{};
    const std::size_t taken = std::min(token.size(), sizeof words);
    std::memcpy(words, token.data() + (token.size() - taken), taken);
    std::uint64_t hash = token.size();
    for (const std::uint64_t word : words) {
        hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 29U;
    }
    return hash;
}

}  // namespace

TokenCache::TokenCache(std::size_t entries_max) {
    if (entries_max == 0) return;
    const std::size_t places = std::max(std::bit_ceil(entries_max), ways * shard_count);
    sets_a_shard_ = places / ways / shard_count;
    for (Shard& shard : shards_) shard.places.resize(sets_a_shard_ * ways);
}

std::span<TokenCache::Place> TokenCache::set_of(Shard& shard, std::uint64_t hash) const {
    const std::size_t set = (hash >> 32U) & (sets_a_shard_ - 1);
    return std::span(shard.places).subspan(set * ways, ways);
}

std::shared_ptr<const VerifiedToken> TokenCache::find(std::string_view token, Timestamp now) {
    if (sets_a_shard_ == 0) return nullptr;
    const std::uint64_t hash = hash_of(token);
    Shard& shard = shards_[hash % shard_count];
    std::lock_guard lock(shard.mutex);
    for (Place& place : set_of(shard, hash)) {
        if (place.hash != hash || place.source == nullptr || place.token != token) continue;
        if (now >= place.verified->usable_until || place.version != place.source->version()) {
            place = Place{};
            return nullptr;
        }
        place.used = ++shard.uses;
        return place.verified;
    }
    return nullptr;
}

void TokenCache::put(std::string_view token, std::shared_ptr<const VerifiedToken> verified,
                     const KeySource& source, std::uint64_t version) {
    if (sets_a_shard_ == 0) return;
    const std::uint64_t hash = hash_of(token);
    Shard& shard = shards_[hash % shard_count];
    std::lock_guard lock(shard.mutex);
    const auto set = set_of(shard, hash);
    // Its own place when it is there already, else the one that was used longest ago.
    Place* chosen = &set.front();
    for (Place& place : set) {
        if (place.hash == hash && place.token == token) {
            chosen = &place;
            break;
        }
        if (place.used < chosen->used) chosen = &place;
    }
    *chosen = Place{hash, ++shard.uses, version, &source, std::move(verified), std::string(token)};
}

std::size_t TokenCache::size() const {
    std::size_t count = 0;
    for (const Shard& shard : shards_) {
        std::lock_guard lock(shard.mutex);
        count += static_cast<std::size_t>(
            std::count_if(shard.places.begin(), shard.places.end(),
                          [](const Place& place) { return place.source != nullptr; }));
    }
    return count;
}

}  // namespace waybill::auth
