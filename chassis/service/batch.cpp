#include "chassis/service/batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chassis/base/check.hpp"
#include "chassis/base/faults.hpp"

namespace waybill::service {
namespace {

// Ids of one submission that the frame draws, beyond any that a domain does.
constexpr std::uint32_t correlation_draw = 999'998;
constexpr std::uint32_t causation_draw = 999'999;
constexpr std::uint32_t event_draw = 1'000'000;

}  // namespace

Batch::Batch(Context context, std::vector<std::unique_ptr<Submission>>& submissions)
    : context_(context),
      submissions_(submissions),
      completions_(submissions.size()),
      lookups_(submissions.size()),
      next_seq_(context.next_seq) {}

bool Batch::empty() const {
    return published_.empty() && inbox_.empty() && kept_keys_.empty() && !domain_touched_ &&
           !deliveries_touched_;
}

sql::Status Batch::decide(sql::Session& session) {
    if (auto loaded = load(session); !loaded) return loaded;
    for (std::size_t i = 0; i < submissions_.size(); ++i)
        if (auto decided = decide_one(session, i); !decided) return decided;
    return {};
}

sql::Status Batch::load(sql::Session& session) {
    context_.domain.reset();
    for (auto& submission : submissions_) {
        if (!submission->facts)
            submission->facts.emplace(context_.env.now(), submission->cause.actor,
                                      context_.env.random());
        const bool unreadable = submission->taken && !submission->taken->dead_reason.empty();
        if (!unreadable && dynamic_cast<FrameWork*>(submission.get()) == nullptr)
            context_.domain.gather(*submission);
    }
    if (auto keys = load_idempotency(session); !keys) return keys;
    if (auto inbox = load_inbox(session); !inbox) return inbox;
    return context_.domain.load(session);
}

sql::Status Batch::load_idempotency(sql::Session& session) {
    std::vector<sql::Cell> values;
    for (std::size_t i = 0; i < submissions_.size(); ++i) {
        if (!submissions_[i]->idempotency) continue;
        lookups_[i] = lookup_of(*submissions_[i]->idempotency);
        values.emplace_back(std::string_view(lookups_[i]));
    }
    if (values.empty()) return {};
    auto rows = session.select_in(idempotency_table, "lookup", values, true);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto row = rows->row(i);
        known_keys_.insert_or_assign(
            std::string(sql::as_text(row[0])),
            IdempotencyRow{
                std::string(sql::as_text(row[4])), static_cast<std::uint16_t>(sql::as_int(row[5])),
                Uuid::from_bytes(sql::as_text(row[6])).value_or(Uuid{}), sql::as_int(row[7])});
    }
    return {};
}

sql::Status Batch::decide_one(sql::Session& session, std::size_t index) {
    Submission& submission = *submissions_[index];
    if (answer_by_key(index)) return {};
    if (submission.taken) {
        auto ended = take(session, index);
        if (!ended) return tl::unexpected(std::move(ended.error()));
        if (*ended) return {};
    }
    if (auto* work = dynamic_cast<FrameWork*>(&submission)) {
        auto decision = work->run(session, *submission.facts);
        if (!decision) return tl::unexpected(std::move(decision.error()));
        deliveries_touched_ = true;
        wakes_clockwork_ = true;
        return accept(session, index, std::move(*decision));
    }
    return accept(session, index, context_.domain.decide(submission));
}

bool Batch::answer_by_key(std::size_t index) {
    if (lookups_[index].empty()) return false;
    auto known = known_keys_.find(lookups_[index]);
    if (known == known_keys_.end()) return false;
    Completion& completion = completions_[index];
    const IdempotencyRow& row = known->second;
    if (row.request_hash != submissions_[index]->idempotency->request_hash) {
        completion.kind = Completion::Kind::rejected;
        completion.error = Error(Problem::idempotency_key_reused,
                                 "this Idempotency-Key was used for another request; send a new "
                                 "key with a new request");
        return true;
    }
    completion.kind = Completion::Kind::replayed;
    completion.aggregate_id = row.aggregate_id;
    completion.version = row.version;
    completion.status = row.status;
    return true;
}

sql::Status Batch::accept(sql::Session& session, std::size_t index, Decision decision) {
    Submission& submission = *submissions_[index];
    Completion& completion = completions_[index];
    completion.aggregate_id = decision.subject.id;
    completion.version = decision.subject.version;
    completion.origin = TraceContext::parse(decision.origin).value_or(TraceContext{});
    if (auto* rejection = std::get_if<Rejection>(&decision.outcome)) {
        if (submission.taken) return fail_taken(session, index, *rejection);
        completion.kind = Completion::Kind::rejected;
        completion.error = std::move(*rejection);
        return {};
    }
    if (auto* nothing = std::get_if<Nothing>(&decision.outcome)) {
        completion.kind = Completion::Kind::nothing;
        completion.reason = nothing->reason;
    } else {
        completion.kind = Completion::Kind::done;
        domain_touched_ = true;
        publish(submission, decision, std::get<std::vector<DecidedEvent>>(decision.outcome));
    }
    if (submission.taken) {
        if (submission.taken->delivery_id != 0)
            if (auto settled = settle_delivery(session, submission); !settled) return settled;
        const messaging::Message& message = *submission.taken->message;
        if (context_.rules.keeps_inbox) {
            inbox_.push_back({message.meta.event_id, messaging::body_hash(message)});
            known_messages_.emplace(message.meta.event_id, inbox_.back().body_hash);
        }
    }
    keep_key(index);
    return {};
}

void Batch::publish(Submission& submission, const Decision& decision,
                    std::vector<DecidedEvent>& events) {
    const Facts& facts = *submission.facts;
    const Cause& cause = submission.cause;
    std::uint32_t n = 0;
    for (auto& event : events) {
        if (!event.identity.published) continue;
        auto message = std::make_shared<messaging::Message>();
        EventMeta& meta = message->meta;
        meta.event_id = facts.id(event_draw + n++);
        meta.type = event.identity.type;
        meta.aggregate_type = event.identity.aggregate_type;
        meta.aggregate_id = event.identity.aggregate_id;
        meta.aggregate_version = event.version;
        meta.occurred_at = facts.now;
        meta.correlation_id = !cause.correlation_id.is_nil()      ? cause.correlation_id
                              : !decision.correlation_id.is_nil() ? decision.correlation_id
                                                                  : facts.id(correlation_draw);
        meta.causation_id =
            cause.causation_id.is_nil() ? facts.id(causation_draw) : cause.causation_id;
        meta.actor = cause.actor;
        meta.tracestate = cause.tracestate;
        meta.baggage = cause.baggage;
        auto span =
            context_.telemetry.tracer().start(fmt::format("create Waybill.Contracts:{}", meta.type),
                                              telemetry::Kind::producer, cause.trace);
        span.set("messaging.system", "waybill")
            .set("messaging.operation.name", "create")
            .set("messaging.operation.type", "create")
            .set("messaging.destination.name", meta.type)
            .set("messaging.message.id", meta.event_id.to_string());
        meta.traceparent = span.context().traceparent();
        span.end();
        message->data = std::move(event.data);
        published_.push_back({next_seq_++, std::move(message)});
    }
}

void Batch::keep_key(std::size_t index) {
    const Submission& submission = *submissions_[index];
    if (!submission.idempotency) return;
    const IdempotencyKey& key = *submission.idempotency;
    const Completion& completion = completions_[index];
    KeptKey kept{lookups_[index],
                 {key.request_hash, key.status, completion.aggregate_id, completion.version},
                 &key};
    if (submission.attempts != 0 && faults::planted(faults::Bug::server_error_cached))
        kept.row.status = 503;
    known_keys_.insert_or_assign(kept.lookup, kept.row);
    kept_keys_.push_back(std::move(kept));
}

}  // namespace waybill::service
