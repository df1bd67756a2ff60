#include "chassis/messaging/tables.hpp"

#include <array>

namespace waybill::messaging {
namespace {

using sql::Column;
using sql::ColumnType;

constexpr std::array events_columns{
    Column{"seq", ColumnType::integer},
    Column{"event_id", ColumnType::uuid},
    Column{"aggregate_type", ColumnType::text},
    Column{"aggregate_id", ColumnType::uuid},
    Column{"aggregate_version", ColumnType::integer},
    Column{"type", ColumnType::text},
    Column{"schema_version", ColumnType::integer},
    Column{"occurred_at", ColumnType::timestamp},
    Column{"correlation_id", ColumnType::uuid},
    Column{"causation_id", ColumnType::uuid},
    Column{"actor_subject", ColumnType::text},
    Column{"actor_client", ColumnType::text},
    Column{"traceparent", ColumnType::text},
    Column{"tracestate", ColumnType::text},
    Column{"baggage", ColumnType::text},
    Column{"data", ColumnType::text},
};
constexpr std::array outbox_columns{
    Column{"id", ColumnType::integer},
    Column{"lane", ColumnType::integer},
    Column{"aggregate_type", ColumnType::text},
    Column{"aggregate_id", ColumnType::uuid},
    Column{"aggregate_version", ColumnType::integer},
    Column{"message_id", ColumnType::uuid},
    Column{"attempts", ColumnType::integer},
    Column{"not_before", ColumnType::timestamp},
};
constexpr std::array inbox_columns{
    Column{"message_id", ColumnType::uuid},
    Column{"consumer", ColumnType::text},
    Column{"body_hash", ColumnType::blob},
    Column{"received_at", ColumnType::timestamp},
};

constexpr std::string_view schema = R"sql(
create table events (
    seq integer primary key,
    event_id blob not null,
    aggregate_type text not null,
    aggregate_id blob not null,
    aggregate_version integer not null check (aggregate_version >= 1),
    type text not null,
    schema_version integer not null,
    occurred_at integer not null,
    correlation_id blob not null,
    causation_id blob not null,
    actor_subject text not null,
    actor_client text not null,
    traceparent text not null,
    tracestate text not null,
    baggage text not null,
    data text not null);
create unique index events_by_aggregate on events (aggregate_id, aggregate_type, aggregate_version);
create table outbox (
    id integer primary key,
    lane integer not null,
    aggregate_type text not null,
    aggregate_id blob not null,
    aggregate_version integer not null,
    message_id blob not null,
    attempts integer not null,
    not_before integer not null);
create table inbox (
    message_id blob not null,
    consumer text not null,
    body_hash blob not null,
    received_at integer not null,
    primary key (message_id, consumer)) without rowid;
create table deliveries (
    id integer primary key,
    consumer text not null,
    message_id blob not null,
    message_type text not null,
    queue text not null,
    aggregate text not null,
    seq integer not null,
    attempts integer not null,
    not_before integer not null,
    state text not null check (state in ('waiting', 'dead', 'replayed', 'discarded')),
    reason text not null,
    fault text not null,
    first_failed_at integer not null,
    last_failed_at integer not null,
    headers text not null,
    body text not null,
    original_body text,
    edited_by text,
    replayed_by text,
    discard_reason text);
create unique index deliveries_by_message on deliveries (message_id, consumer);
create index deliveries_by_state on deliveries (state, not_before);
create index deliveries_by_aggregate on deliveries (aggregate, id);
)sql";

std::string text_at(const sql::Cell& cell) {
    return std::string(sql::as_text(cell));
}
Uuid uuid(const sql::Cell& cell) {
    return Uuid::from_bytes(sql::as_text(cell)).value_or(Uuid{});
}

}  // namespace

const sql::TableDef events_table{"events", events_columns, 1};
const sql::TableDef outbox_table{"outbox", outbox_columns, 1};
const sql::TableDef inbox_table{"inbox", inbox_columns, 2};

void append_event_row(std::vector<sql::Cell>& cells, std::int64_t seq, const Message& message) {
    const EventMeta& meta = message.meta;
    cells.insert(
        cells.end(),
        {seq, meta.event_id.raw(), std::string_view(meta.aggregate_type), meta.aggregate_id.raw(),
         meta.aggregate_version, std::string_view(meta.type), std::int64_t{meta.schema_version},
         meta.occurred_at.us, meta.correlation_id.raw(), meta.causation_id.raw(),
         std::string_view(meta.actor.subject), std::string_view(meta.actor.client),
         std::string_view(meta.traceparent), std::string_view(meta.tracestate),
         std::string_view(meta.baggage), std::string_view(message.data)});
}

void append_outbox_row(std::vector<sql::Cell>& cells, std::int64_t id, const Message& message) {
    const EventMeta& meta = message.meta;
    cells.insert(cells.end(),
                 {id, lane_of(meta.aggregate_id), std::string_view(meta.aggregate_type),
                  meta.aggregate_id.raw(), meta.aggregate_version, meta.event_id.raw(),
                  std::int64_t{0}, std::int64_t{0}});
}

OutboxEntry read_event_row(std::span<const sql::Cell> row) {
    auto message = std::make_shared<Message>();
    EventMeta& meta = message->meta;
    meta.event_id = uuid(row[1]);
    meta.aggregate_type = text_at(row[2]);
    meta.aggregate_id = uuid(row[3]);
    meta.aggregate_version = sql::as_int(row[4]);
    meta.type = text_at(row[5]);
    meta.schema_version = static_cast<std::int32_t>(sql::as_int(row[6]));
    meta.occurred_at = {sql::as_int(row[7])};
    meta.correlation_id = uuid(row[8]);
    meta.causation_id = uuid(row[9]);
    meta.actor = {text_at(row[10]), text_at(row[11])};
    meta.traceparent = text_at(row[12]);
    meta.tracestate = text_at(row[13]);
    meta.baggage = text_at(row[14]);
    message->data = text_at(row[15]);
    return {sql::as_int(row[0]), std::move(message)};
}

std::string_view messaging_schema() {
    return schema;
}

}  // namespace waybill::messaging
