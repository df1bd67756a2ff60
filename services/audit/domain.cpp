#include "services/audit/domain.hpp"

#include <fmt/format.h>

#include <array>

namespace waybill::audit {

namespace {
using Outcome = OutcomeOf<Event>;
using Events = std::vector<Event>;

Keys keys(const AppendEvent& c) {
    Keys all;
    all.change(events_key, c.event->meta.event_id.raw());
    return all;
}
Keys keys(const StartReplay&) {
    return {};
}
Keys keys_of_replay(const ReplayId& id) {
    Keys all;
    all.change(replays_key, id.value.raw());
    return all;
}
Keys keys(const PassReplayProgress& c) {
    return keys_of_replay(c.id);
}
Keys keys(const FailReplay& c) {
    return keys_of_replay(c.id);
}

bool same(const StoredEvent& a, const StoredEvent& b) {
    return a.data == b.data && a.meta.type == b.meta.type &&
           a.meta.aggregate_type == b.meta.aggregate_type &&
           a.meta.aggregate_id == b.meta.aggregate_id &&
           a.meta.aggregate_version == b.meta.aggregate_version;
}

Outcome decide_one(const State& state, const AppendEvent& c, const Facts& facts) {
    const Recorded* known = state.events.find(c.event->meta.event_id);
    if (known == nullptr) return Events{EventAppended{{c.event, facts.now}}};
    if (same(*known->event, *c.event)) return Nothing{"already_recorded"};
    return invalid("/eventId", "this event was recorded before, and said something else").value();
}

std::optional<Rejection> fault_of(const StartReplay& c, Timestamp now) {
    const Selection& which = c.request.selection;
    const bool stream = which.stream_type && which.stream_id;
    const bool half_stream = which.stream_type.has_value() != which.stream_id.has_value();
    const bool span = which.from && which.to;
    const bool half_span = which.from.has_value() != which.to.has_value();
    if (half_stream || half_span || stream == span)
        return invalid("", "name either streamType and streamId, or from and to").value();
    if (span && *which.from >= *which.to) return invalid("/to", "must be after from").value();
    if (span && *which.from < now - replay_age_max)
        return invalid("/from",
                       "must be within the last 7 days: consumers know no longer what "
                       "they have taken of older events")
            .value();
    if (c.oldest && *c.oldest < now - replay_age_max)
        return invalid(stream ? "/streamId" : "/from",
                       fmt::format("holds an event of {}, which is older than the 7 days that "
                                   "consumers know what they have taken",
                                   c.oldest->to_string()))
            .value();
    return std::nullopt;
}

Outcome decide_one(const State&, const StartReplay& c, const Facts& facts) {
    if (auto fault = fault_of(c, facts.now)) return *std::move(fault);
    Replay made{.id = started_replay_id(facts),
                .target = c.request.target,
                .selection = c.request.selection,
                .dry_run = c.request.dry_run,
                .rate = c.request.rate,
                .reason = c.request.reason,
                .requested_by = facts.actor,
                .status = c.nothing ? ReplayStatus::completed : ReplayStatus::counting,
                .seq_max = c.seq_max,
                .started_at = facts.now,
                .version = 1};
    if (c.nothing) made.finished_at = facts.now;
    OperatorActed act{.id = facts.id(1),
                      .service = "audit",
                      .action = made.dry_run ? "replay.counted" : "replay.started",
                      .target = fmt::format("{}/{}", word_of(made.target), made.id.to_string()),
                      .reason = c.request.reason};
    return Events{ReplayChanged{std::move(made)}, std::move(act)};
}

Outcome decide_one(const State& state, const PassReplayProgress& c, const Facts& facts) {
    const Replay* row = state.replays.find(c.id);
    if (row == nullptr || row->status != c.status || row->seq_done != c.seq_before)
        return Nothing{"moved_on"};
    Replay after = *row;
    const bool counting = row->status == ReplayStatus::counting;
    (counting ? after.counted : after.delivered) += c.counts;
    after.seq_done = c.seq_done;
    ++after.version;
    if (c.pass_ended && counting && !row->dry_run) {
        after.status = ReplayStatus::delivering;
        after.seq_done = 0;
    } else if (c.pass_ended) {
        after.status = ReplayStatus::completed;
        after.finished_at = facts.now;
    }
    return Events{ReplayChanged{std::move(after)}};
}

Outcome decide_one(const State& state, const FailReplay& c, const Facts& facts) {
    const Replay* row = state.replays.find(c.id);
    if (row == nullptr || !row->running()) return Nothing{"not_running"};
    Replay after = *row;
    after.status = ReplayStatus::failed;
    after.error = c.error;
    after.finished_at = facts.now;
    ++after.version;
    return Events{ReplayChanged{std::move(after)}};
}

void apply_one(State& state, const EventAppended& e) {
    Recorded& row = state.events.put(e.row.event->meta.event_id, e.row);
    row.arrival = ++state.arrivals;
}
void apply_one(State& state, const ReplayChanged& e) {
    state.replays.put(e.after.id, e.after);
}
void apply_one(State&, const OperatorActed&) {}

EventIdentity identity(const OperatorActed& e) {
    return messaging::identify(e);
}
EventIdentity identity(const EventAppended& e) {
    return {.type = "EventAppended",
            .aggregate_type = "event",
            .aggregate_id = e.row.event->meta.event_id,
            .published = false};
}
EventIdentity identity(const ReplayChanged& e) {
    return {.type = "ReplayChanged",
            .aggregate_type = "replay",
            .aggregate_id = e.after.id.value,
            .published = false};
}
}  // namespace

ReplayCounts& ReplayCounts::operator+=(const ReplayCounts& more) {
    applied += more.applied;
    already_applied += more.already_applied;
    not_subscribed += more.not_subscribed;
    failed += more.failed;
    return *this;
}

Keys keys_of(const Command& command) {
    return std::visit([](const auto& c) { return keys(c); }, command);
}
OutcomeOf<Event> decide(const State& state, const Command& command, const Facts& facts) {
    return std::visit([&](const auto& c) { return decide_one(state, c, facts); }, command);
}
void apply(State& state, const Event& event, Timestamp) {
    std::visit([&](const auto& e) { apply_one(state, e); }, event);
}
EventIdentity identify(const Event& event) {
    return std::visit([](const auto& e) { return identity(e); }, event);
}
std::int64_t version_of(const State&, const Event& event) {
    return std::holds_alternative<OperatorActed>(event) ? messaging::operator_acted_version : 0;
}
std::string_view command_name(const Command& command) {
    static constexpr std::array<std::string_view, std::variant_size_v<Command>> names = {
        "AppendEvent", "StartReplay", "PassReplayProgress", "FailReplay"};
    return names[command.index()];
}

}  // namespace waybill::audit
