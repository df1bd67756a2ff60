#pragma once
#include <cstdint>
#include <string_view>

#include "chassis/base/facts.hpp"
#include "chassis/base/keys.hpp"
#include "chassis/base/outcome.hpp"
#include "chassis/base/table.hpp"
#include "services/audit/commands.hpp"
#include "services/audit/events.hpp"

namespace waybill::audit {

/// Tables in the order of locking.
enum KeyTable : std::uint8_t { events_key, replays_key };

/// Everything a batch looks at and changes. Streams and journeys are read from the events alone:
/// an event costs one row.
struct State {
    Table<Uuid, Recorded> events;  ///< by event id
    std::int64_t arrivals = 0;     ///< events of this batch so far
    Table<ReplayId, Replay> replays;
};

/// The id that StartReplay gives to its replay.
inline ReplayId started_replay_id(const Facts& facts) {
    return {facts.id(0)};
}

Keys keys_of(const Command& command);
OutcomeOf<Event> decide(const State& state, const Command& command, const Facts& facts);
void apply(State& state, const Event& event, Timestamp occurred_at);
/// The version of the event's aggregate once it is applied; 0 for internal events.
std::int64_t version_of(const State& state, const Event& event);
std::string_view command_name(const Command& command);

}  // namespace waybill::audit
