#include "chassis/messaging/message.hpp"

#include "chassis/base/sha256.hpp"

namespace waybill::messaging {

std::int64_t lane_of(const Uuid& aggregate_id) {
    // FNV-1a: the same in every process and build, unlike std::hash.
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const auto byte : aggregate_id.bytes) hash = (hash ^ byte) * 0x100000001b3U;
    // FNV's high bits hardly hear of the last bytes: one more mix spreads them.
    hash = (hash ^ (hash >> 32U)) * 0x9e3779b97f4a7c15U;
    return static_cast<std::int64_t>(hash >> 61U);
}

std::string body_hash(const Message& message) {
    return sha256_short(message.data);
}

}  // namespace waybill::messaging
