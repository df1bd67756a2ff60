#include "services/audit/replay_runner.hpp"

#include <algorithm>

namespace waybill::audit {

namespace {
constexpr std::int64_t replay_slice_events_max = 100;
/// A consumer that has not taken a slice by then is paused or stuck.
constexpr Duration patience = std::chrono::minutes(2);
constexpr Duration look_again = std::chrono::seconds(1);
}  // namespace

ReplayRunner::ReplayRunner(Env& env, service::Writer<AuditDomain>& writer,
                           telemetry::Telemetry& telemetry, ReplayTargets targets,
                           std::function<void()> wake)
    : env_(env),
      writer_(writer),
      telemetry_(telemetry),
      targets_(std::move(targets)),
      wake_(std::move(wake)) {}

std::optional<MonoTime> ReplayRunner::step(sql::Session& session) {
    if (recording_) return std::nullopt;
    const MonoTime now = env_.monotonic();
    if (delivering_) {
        if (delivered_ == round_number_) {
            finish_delivery();
            return std::nullopt;
        }
        if (now < delivering_->give_up_at) return delivering_->give_up_at;
        fail(delivering_->replay.id, "the consumer did not take the events in time");
        delivering_.reset();
        return std::nullopt;
    }
    if (now < next_at_) return next_at_;
    return begin(session);
}

std::optional<MonoTime> ReplayRunner::begin(sql::Session& session) {
    auto running = running_replays(session);
    if (!running) return env_.monotonic() + look_again;
    if (running->empty()) return std::nullopt;
    Replay& replay = running->front();
    auto slice = scan_events(session, filter_of(replay.selection), replay.seq_done, replay.seq_max,
                             std::min(replay_slice_events_max, replay.rate));
    if (!slice) return env_.monotonic() + look_again;
    begin_slice(std::move(replay), std::move(*slice));
    return std::nullopt;
}

Duration ReplayRunner::pace(const Replay& replay, std::size_t messages) const {
    return Duration(static_cast<std::int64_t>(messages) * 1'000'000 / replay.rate);
}

void ReplayRunner::begin_slice(Replay replay, EventSlice slice) {
    const auto target = targets_.find(replay.target);
    if (target == targets_.end())
        return fail(replay.id, "this process does not run the target's consumer");
    Round round{.replay = std::move(replay), .seq_done = slice.seq_done, .messages = {}};
    round.pass_ended = slice.seq_done >= round.replay.seq_max;
    for (auto& event : slice.events) round.messages.push_back(message_of(std::move(event)));
    auto counts = target->second->count(round.messages);
    if (!counts) {
        next_at_ = env_.monotonic() + look_again;
        return wake_();
    }
    next_at_ = env_.monotonic() + pace(round.replay, round.messages.size());
    if (round.replay.status == ReplayStatus::counting) return record(std::move(round), *counts);
    round.before = *counts;
    round.give_up_at = env_.monotonic() + patience;
    auto messages = round.messages;
    delivering_ = std::move(round);
    const std::uint64_t number = ++round_number_;
    target->second->deliver(std::move(messages), [this, number] {
        delivered_ = number;
        wake_();
    });
}

void ReplayRunner::finish_delivery() {
    Round round = std::move(*delivering_);
    delivering_.reset();
    auto after = targets_.at(round.replay.target)->count(round.messages);
    if (!after) return fail(round.replay.id, "what the consumer has taken could not be read");
    ReplayCounts counts = round.before;
    counts.applied = after->already_applied - round.before.already_applied;
    counts.failed = round.before.applied - counts.applied;
    record(std::move(round), counts);
}

void ReplayRunner::record(Round round, ReplayCounts counts) {
    tell(PassReplayProgress{.id = round.replay.id,
                            .status = round.replay.status,
                            .seq_before = round.replay.seq_done,
                            .seq_done = round.seq_done,
                            .counts = counts,
                            .pass_ended = round.pass_ended});
}

void ReplayRunner::fail(const ReplayId& id, std::string why) {
    telemetry_.log().error("A replay failed",
                           {{"waybill.aggregate.id", id.to_string()}, {"waybill.reason", why}});
    tell(FailReplay{id, std::move(why)});
}

void ReplayRunner::tell(Command command) {
    recording_ = true;
    service::Cause cause;
    cause.actor = {"system:audit", "waybill"};
    const auto ended = [this](const service::Completion&) {
        recording_ = false;
        wake_();
    };
    if (writer_.tell(std::move(command), std::move(cause), std::nullopt, ended)) return;
    // Not queued: the slice is done again from its row.
    recording_ = false;
    next_at_ = env_.monotonic() + look_again;
    wake_();
}

}  // namespace waybill::audit
