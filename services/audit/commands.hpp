#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "services/audit/replay.hpp"
#include "services/audit/stored_event.hpp"

namespace waybill::audit {

/// Told by any event of the platform: keep it.
struct AppendEvent {
    EventPtr event;
};

/// What an operator may say of a replay.
struct ReplayRequest {
    Target target = Target::orders;
    Selection selection{};
    bool dry_run = true;
    std::int64_t rate = replay_rate_default;
    std::string reason{};
};

/// An operator has events given to a consumer again. The store was asked before what the
/// selection holds.
struct StartReplay {
    ReplayRequest request{};
    std::int64_t seq_max = 0;           ///< the newest event of the store
    bool nothing = false;               ///< the selection is known to hold no event
    std::optional<Timestamp> oldest{};  ///< when its oldest one occurred
};

/// Told by the runner: events up to `seq_done` went through the pass that `status` names.
struct PassReplayProgress {
    ReplayId id{};
    ReplayStatus status = ReplayStatus::counting;
    std::int64_t seq_before = 0;  ///< where the pass stood; a repeat finds it moved on
    std::int64_t seq_done = 0;
    ReplayCounts counts{};
    bool pass_ended = false;
};

/// Told by the runner: the consumer cannot be given any more.
struct FailReplay {
    ReplayId id{};
    std::string error{};
};

using Command = std::variant<AppendEvent, StartReplay, PassReplayProgress, FailReplay>;

}  // namespace waybill::audit
