#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "chassis/base/actor.hpp"
#include "chassis/base/names.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill::audit {

using ReplayId = Id<struct ReplayTag>;

/// Whose consumer gets the events again.
enum class Target : std::uint8_t { orders, inventory, notifications };
constexpr auto names(Type<Target>) {
    return words<Target>({{Target::orders, "orders"},
                          {Target::inventory, "inventory"},
                          {Target::notifications, "notifications"}});
}

/// A replay counts first what it would do, then does it (unless only the count was asked for).
enum class ReplayStatus : std::uint8_t { counting, delivering, completed, failed };
constexpr auto names(Type<ReplayStatus>) {
    return words<ReplayStatus>({{ReplayStatus::counting, "Counting"},
                                {ReplayStatus::delivering, "Delivering"},
                                {ReplayStatus::completed, "Completed"},
                                {ReplayStatus::failed, "Failed"}});
}

/// Which events: all of one stream, or those that occurred in a span of time.
struct Selection {
    std::optional<std::string> stream_type{};
    std::optional<Uuid> stream_id{};
    std::optional<Timestamp> from{};  ///< included
    std::optional<Timestamp> to{};    ///< not included
    friend bool operator==(const Selection&, const Selection&) = default;
};

/// What a consumer did, or would do, with the messages it was given.
struct ReplayCounts {
    std::int64_t applied = 0;          ///< had no effect before, and has (would have) it now
    std::int64_t already_applied = 0;  ///< the inbox knows them
    std::int64_t not_subscribed = 0;   ///< the consumer takes no such event
    std::int64_t failed = 0;           ///< went to the consumer's dead letters

    std::int64_t total() const { return applied + already_applied + not_subscribed + failed; }
    ReplayCounts& operator+=(const ReplayCounts& more);
    friend bool operator==(const ReplayCounts&, const ReplayCounts&) = default;
};

struct Replay {
    ReplayId id{};
    Target target = Target::orders;
    Selection selection{};
    bool dry_run = true;
    std::int64_t rate = 0;  ///< messages a second
    std::string reason{};
    Actor requested_by{};
    ReplayStatus status = ReplayStatus::counting;
    std::int64_t seq_max = 0;            ///< what is recorded later is not part of it
    std::int64_t seq_done = 0;           ///< of this pass: all up to it, itself included
    ReplayCounts counted{};              ///< by the first pass: what would happen
    ReplayCounts delivered{};            ///< by the second pass: what happened
    std::optional<std::string> error{};  ///< of a failed one
    Timestamp started_at{};
    std::optional<Timestamp> finished_at{};
    std::int64_t version = 0;

    bool running() const {
        return status == ReplayStatus::counting || status == ReplayStatus::delivering;
    }
};

/// Older events are outside the window in which every consumer knows what it has taken.
inline constexpr Duration replay_age_max = std::chrono::hours(7 * 24);
inline constexpr std::int64_t replay_rate_default = 100;
inline constexpr std::int64_t replay_rate_max = 10'000;

}  // namespace waybill::audit
