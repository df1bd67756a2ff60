#include <algorithm>

#include "chassis/base/faults.hpp"
#include "chassis/messaging/deliveries.hpp"
#include "chassis/messaging/tables.hpp"
#include "chassis/service/batch.hpp"

namespace waybill::service {
namespace {

using messaging::Deliveries;

/// Up to a fifth more than the rung, so that messages that failed together spread.
Duration jittered(Duration wait, std::uint64_t random) {
    return wait + Duration(static_cast<std::int64_t>(
                      random % static_cast<std::uint64_t>(wait.count() / 5 + 1)));
}

}  // namespace

sql::Status Batch::load_inbox(sql::Session& session) {
    if (!context_.rules.keeps_inbox || faults::planted(faults::Bug::no_inbox)) return {};
    std::vector<sql::Cell> values;
    for (const auto& submission : submissions_)
        if (submission->taken && submission->taken->dead_reason.empty())
            values.emplace_back(submission->taken->message->meta.event_id.raw());
    if (values.empty()) return {};
    auto rows = session.select_in(messaging::inbox_table, "message_id", values, true);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto row = rows->row(i);
        if (sql::as_text(row[1]) != context_.rules.consumer) continue;
        known_messages_.emplace(Uuid::from_bytes(sql::as_text(row[0])).value_or(Uuid{}),
                                std::string(sql::as_text(row[2])));
    }
    return {};
}

sql::Result<bool> Batch::take(sql::Session& session, std::size_t index) {
    const TakenMessage& taken = *submissions_[index]->taken;
    const EventMeta& meta = taken.message->meta;
    Completion& completion = completions_[index];
    const auto ended = [&](sql::Status status) -> sql::Result<bool> {
        if (!status) return tl::unexpected(std::move(status.error()));
        return true;
    };
    if (taken.delivery_id != 0) {
        auto due = due_row(session, index);
        if (!due) return tl::unexpected(std::move(due.error()));
        if (!*due) return true;
    }
    auto known = known_messages_.find(meta.event_id);
    if (known != known_messages_.end()) {
        completion.kind = Completion::Kind::replayed;
        if (taken.delivery_id != 0) return ended(settle_delivery(session, *submissions_[index]));
        if (known->second == messaging::body_hash(*taken.message)) return true;
        return ended(park(session, index, "dead", "same_id_other_body",
                          "a message with this id and another body has had its effect"));
    }
    if (!taken.dead_reason.empty()) {
        completion.kind = Completion::Kind::nothing;
        completion.reason = taken.dead_reason;
        return ended(bury(session, index));
    }
    if (!context_.something_waits && !deliveries_touched_) return false;
    if (taken.delivery_id != 0) return false;
    auto there = Deliveries::find_message(session, meta.event_id, context_.rules.consumer);
    if (!there) return tl::unexpected(std::move(there.error()));
    if (*there) {
        completion.kind = Completion::Kind::replayed;
        return true;
    }
    if (meta.aggregate_type.empty()) return false;
    auto held = Deliveries::held(session, context_.rules.consumer, messaging::aggregate_of(meta),
                                 context_.rules.dead_blocks);
    if (!held) return tl::unexpected(std::move(held.error()));
    if (!*held) return false;
    completion.kind = Completion::Kind::nothing;
    completion.reason = "parked";
    return ended(park(session, index, "waiting", "parked",
                      "an earlier message of the same aggregate has not had its effect"));
}

sql::Result<bool> Batch::due_row(sql::Session& session, std::size_t index) {
    const Submission& submission = *submissions_[index];
    auto found = Deliveries::find(session, submission.taken->delivery_id);
    if (!found) return tl::unexpected(std::move(found.error()));
    const auto& row = *found;
    if (row && row->state == "waiting" && row->not_before <= context_.env.now()) return true;
    // Another attempt or an operator was faster: this one does not count.
    completions_[index].kind = Completion::Kind::nothing;
    completions_[index].reason = "not_due";
    return false;
}

sql::Status Batch::bury(sql::Session& session, std::size_t index) {
    const TakenMessage& taken = *submissions_[index]->taken;
    if (taken.delivery_id == 0) return park(session, index, "dead", taken.dead_reason, taken.fault);
    deliveries_touched_ = true;
    wakes_clockwork_ = true;
    auto row = Deliveries::find(session, taken.delivery_id);
    if (!row) return tl::unexpected(std::move(row.error()));
    if (!*row) return {};
    (*row)->state = "dead";
    (*row)->reason = taken.dead_reason;
    (*row)->fault = taken.fault;
    (*row)->attempts += 1;
    (*row)->last_failed_at = context_.env.now();
    faults::crash_point("in_burial");
    return Deliveries::save(session, **row);
}

sql::Status Batch::park(sql::Session& session, std::size_t index, std::string_view state,
                        std::string_view reason, std::string fault) {
    deliveries_touched_ = true;
    wakes_clockwork_ = true;
    if (state == "dead") faults::crash_point("in_burial");
    return Deliveries::add(
        session, messaging::delivery_of(*submissions_[index]->taken->message,
                                        context_.rules.consumer, context_.rules.queue, state,
                                        reason, std::move(fault), submissions_[index]->facts->now));
}

sql::Status Batch::fail_taken(sql::Session& session, std::size_t index, const Error& why) {
    Submission& submission = *submissions_[index];
    completions_[index].kind = Completion::Kind::nothing;
    completions_[index].reason = "failed";
    deliveries_touched_ = true;
    wakes_clockwork_ = true;
    const Timestamp now = submission.facts->now;
    auto row = messaging::delivery_of(*submission.taken->message, context_.rules.consumer,
                                      context_.rules.queue, "waiting", info(why.problem).slug,
                                      why.detail, now);
    const bool first = submission.taken->delivery_id == 0;
    if (!first) {
        auto known = Deliveries::find(session, submission.taken->delivery_id);
        if (!known) return tl::unexpected(std::move(known.error()));
        if (!*known) return {};
        row = std::move(**known);
        row.reason = info(why.problem).slug;
        row.fault = why.detail;
        row.last_failed_at = context_.env.now();
    }
    ++row.attempts;
    const auto rung = static_cast<std::size_t>(row.attempts - 1);
    if (rung < context_.rules.ladder.size())
        row.not_before = context_.env.now() +
                         jittered(context_.rules.ladder[rung],
                                  submission.facts->random(static_cast<std::uint32_t>(rung)));
    else
        row.state = "dead";
    return first ? Deliveries::add(session, row) : Deliveries::save(session, row);
}

sql::Status Batch::settle_delivery(sql::Session& session, const Submission& submission) {
    deliveries_touched_ = true;
    wakes_clockwork_ = true;
    auto row = Deliveries::find(session, submission.taken->delivery_id);
    if (!row) return tl::unexpected(std::move(row.error()));
    if (!*row) return {};
    if (!(*row)->replayed_by) return Deliveries::remove(session, (*row)->id);
    (*row)->state = "replayed";
    return Deliveries::save(session, **row);
}

}  // namespace waybill::service
