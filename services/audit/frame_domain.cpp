#include "services/audit/frame_domain.hpp"

namespace waybill::audit {

namespace {
const Replay* replay_of(const State& state, const Command& command, const Facts& facts) {
    std::optional<ReplayId> id;
    if (std::holds_alternative<StartReplay>(command)) id = started_replay_id(facts);
    if (const auto* c = std::get_if<PassReplayProgress>(&command)) id = c->id;
    if (const auto* c = std::get_if<FailReplay>(&command)) id = c->id;
    return id ? state.replays.find(*id) : nullptr;
}
}  // namespace

service::Subject AuditDomain::subject_of(const State& state, const Command& command,
                                         const Facts& facts) {
    if (const auto* append = std::get_if<AppendEvent>(&command))
        return {append->event->meta.aggregate_id, append->event->meta.aggregate_version};
    const Replay* replay = replay_of(state, command, facts);
    return replay != nullptr ? service::Subject{replay->id.value, replay->version}
                             : service::Subject{};
}

std::optional<Replay> AuditDomain::view_of(const State& state, const Command& command,
                                           const Facts& facts) {
    if (!std::holds_alternative<StartReplay>(command)) return std::nullopt;
    const Replay* replay = replay_of(state, command, facts);
    return replay != nullptr ? std::optional<Replay>(*replay) : std::nullopt;
}

}  // namespace waybill::audit
