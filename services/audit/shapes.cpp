#include "services/audit/shapes.hpp"

#include <fmt/format.h>

#include "chassis/base/actor_shape.hpp"
#include "chassis/base/raw_json.hpp"
#include "chassis/base/shape_read.hpp"
#include "chassis/base/shape_schema.hpp"
#include "chassis/base/shape_write.hpp"
#include "chassis/base/trace_context.hpp"
#include "chassis/messaging/operator_acted_shape.hpp"
#include "services/audit/summary.hpp"

namespace waybill::audit {

using namespace json;

/// An event as people see it.
struct ShownEvent {
    std::int64_t seq = 0;
    Uuid event_id{};
    std::string type{};
    std::int32_t schema_version = 1;
    std::string stream_type{};
    Uuid stream_id{};
    std::int64_t version = 0;
    Timestamp occurred_at{};
    Timestamp recorded_at{};
    Uuid correlation_id{};
    Uuid causation_id{};
    Actor actor{};
    std::optional<std::string> trace_id{};
    RawJson data{};
};
constexpr auto shape(Type<ShownEvent>) {
    return fields(
        field("seq", &ShownEvent::seq), field("eventId", &ShownEvent::event_id),
        field("type", &ShownEvent::type), field("schemaVersion", &ShownEvent::schema_version),
        field("streamType", &ShownEvent::stream_type), field("streamId", &ShownEvent::stream_id),
        field("version", &ShownEvent::version), field("occurredAt", &ShownEvent::occurred_at),
        field("recordedAt", &ShownEvent::recorded_at),
        field("correlationId", &ShownEvent::correlation_id),
        field("causationId", &ShownEvent::causation_id), field("actor", &ShownEvent::actor),
        field("traceId", &ShownEvent::trace_id), field("data", &ShownEvent::data));
}

struct Document {
    Uuid id{};
    std::int64_t seq = 0;
    std::string entity{};
    Uuid entity_id{};
    std::string action{};
    Actor actor{};
    Timestamp at{};
    std::string summary{};
    RawJson payload{};
};
constexpr auto shape(Type<Document>) {
    return fields(field("id", &Document::id, doc("the event's id")), field("seq", &Document::seq),
                  field("entity", &Document::entity), field("entityId", &Document::entity_id),
                  field("action", &Document::action), field("actor", &Document::actor),
                  field("at", &Document::at), field("summary", &Document::summary),
                  field("payload", &Document::payload));
}

struct ShownState {
    std::string stream_type{};
    Uuid stream_id{};
    std::int64_t version = 0;
    Timestamp at{};
    RawJson state{};
};
constexpr auto shape(Type<ShownState>) {
    return fields(field("streamType", &ShownState::stream_type),
                  field("streamId", &ShownState::stream_id), field("version", &ShownState::version),
                  field("at", &ShownState::at), field("state", &ShownState::state));
}

struct ReplayBody {
    std::optional<std::string> stream_type{};
    std::optional<Uuid> stream_id{};
    std::optional<Timestamp> from{};
    std::optional<Timestamp> to{};
    Target target{};
    bool dry_run = true;
    std::int64_t rate = replay_rate_default;
    std::string reason{};
};
constexpr auto shape(Type<ReplayBody>) {
    return fields(field("streamType", &ReplayBody::stream_type, length(1, 50)),
                  field("streamId", &ReplayBody::stream_id), field("from", &ReplayBody::from),
                  field("to", &ReplayBody::to), field("target", &ReplayBody::target),
                  field("dryRun", &ReplayBody::dry_run, otherwise(true)),
                  field("rate", &ReplayBody::rate, range(1, replay_rate_max),
                        otherwise(replay_rate_default), doc("messages a second")),
                  field("reason", &ReplayBody::reason, length(0, 500), otherwise("")));
}

constexpr auto shape(Type<ReplayCounts>) {
    return fields(field("applied", &ReplayCounts::applied),
                  field("alreadyApplied", &ReplayCounts::already_applied),
                  field("notSubscribed", &ReplayCounts::not_subscribed),
                  field("failed", &ReplayCounts::failed));
}

struct ShownReplay {
    ReplayId id{};
    Target target{};
    std::optional<std::string> stream_type{};
    std::optional<Uuid> stream_id{};
    std::optional<Timestamp> from{};
    std::optional<Timestamp> to{};
    bool dry_run = true;
    std::int64_t rate = 0;
    std::string reason{};
    ReplayStatus status{};
    ReplayCounts would_apply{};
    ReplayCounts delivered{};
    std::optional<std::string> error{};
    Actor requested_by{};
    Timestamp started_at{};
    std::optional<Timestamp> finished_at{};
    std::int64_t version = 0;
};
constexpr auto shape(Type<ShownReplay>) {
    return fields(
        field("id", &ShownReplay::id), field("target", &ShownReplay::target),
        field("streamType", &ShownReplay::stream_type), field("streamId", &ShownReplay::stream_id),
        field("from", &ShownReplay::from), field("to", &ShownReplay::to),
        field("dryRun", &ShownReplay::dry_run), field("rate", &ShownReplay::rate),
        field("reason", &ShownReplay::reason), field("status", &ShownReplay::status),
        field("dryRunCounts", &ShownReplay::would_apply, doc("what the dry run found")),
        field("counts", &ShownReplay::delivered, doc("what delivering them did")),
        field("error", &ShownReplay::error), field("requestedBy", &ShownReplay::requested_by),
        field("startedAt", &ShownReplay::started_at),
        field("finishedAt", &ShownReplay::finished_at), field("version", &ShownReplay::version));
}

template <class T>
struct ListOf {
    std::vector<T> items{};
    std::optional<std::string> next_cursor{};
};
template <class T>
constexpr auto shape(Type<ListOf<T>>) {
    return fields(field("items", &ListOf<T>::items), field("nextCursor", &ListOf<T>::next_cursor));
}

std::string to_json(const StoredEvent& event) {
    const EventMeta& meta = event.meta;
    ShownEvent shown{.seq = event.seq,
                     .event_id = meta.event_id,
                     .type = meta.type,
                     .schema_version = meta.schema_version,
                     .stream_type = meta.aggregate_type,
                     .stream_id = meta.aggregate_id,
                     .version = meta.aggregate_version,
                     .occurred_at = meta.occurred_at,
                     .recorded_at = event.recorded_at,
                     .correlation_id = meta.correlation_id,
                     .causation_id = meta.causation_id,
                     .actor = meta.actor,
                     .data = {event.data}};
    if (const auto trace = TraceContext::parse(meta.traceparent))
        shown.trace_id = trace->trace_id_hex();
    return write(shown);
}

std::string document_json(const StoredEvent& event) {
    return write(Document{.id = event.meta.event_id,
                          .seq = event.seq,
                          .entity = event.meta.aggregate_type,
                          .entity_id = event.meta.aggregate_id,
                          .action = event.meta.type,
                          .actor = event.meta.actor,
                          .at = event.meta.occurred_at,
                          .summary = summary_of(event),
                          .payload = {event.data}});
}

std::string to_json(const Replay& r) {
    return write(ShownReplay{.id = r.id,
                             .target = r.target,
                             .stream_type = r.selection.stream_type,
                             .stream_id = r.selection.stream_id,
                             .from = r.selection.from,
                             .to = r.selection.to,
                             .dry_run = r.dry_run,
                             .rate = r.rate,
                             .reason = r.reason,
                             .status = r.status,
                             .would_apply = r.counted,
                             .delivered = r.delivered,
                             .error = r.error,
                             .requested_by = r.requested_by,
                             .started_at = r.started_at,
                             .finished_at = r.finished_at,
                             .version = r.version});
}

std::string to_json(const StreamState& s) {
    return write(ShownState{s.stream_type, s.stream_id, s.version, s.at, {s.state}});
}

std::string to_json(const Event& event) {
    const auto* act = std::get_if<OperatorActed>(&event);
    return act != nullptr ? write(*act) : "{}";
}

Result<Event> event_from_json(std::string_view type, std::string_view data) {
    if (type != "OperatorActed")
        return fail(Problem::validation_failed, fmt::format("audit makes no {}", type));
    return read<OperatorActed>(data, Unknown::ignore).map([](OperatorActed act) -> Event {
        return act;
    });
}

Result<ReplayRequest> replay_from_json(std::string_view body) {
    return read<ReplayBody>(body).map([](ReplayBody b) {
        return ReplayRequest{.target = b.target,
                             .selection = {.stream_type = std::move(b.stream_type),
                                           .stream_id = b.stream_id,
                                           .from = b.from,
                                           .to = b.to},
                             .dry_run = b.dry_run,
                             .rate = b.rate,
                             .reason = std::move(b.reason)};
    });
}

const http::Schema event_schema{"AuditEvent", output_schema<ShownEvent>};
const http::Schema event_list_schema{"AuditEventList", output_schema<ListOf<ShownEvent>>};
const http::Schema document_schema{"AuditDocument", output_schema<Document>};
const http::Schema document_list_schema{"AuditDocumentList", output_schema<ListOf<Document>>};
const http::Schema stream_state_schema{"StreamState", output_schema<ShownState>};
const http::Schema replay_request_schema{"StartReplay", schema<ReplayBody>};
const http::Schema replay_schema{"Replay", output_schema<ShownReplay>};

std::map<std::string, std::string> event_schemas() {
    return {{"OperatorActed", output_schema<OperatorActed>()}};
}

}  // namespace waybill::audit
