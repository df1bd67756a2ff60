#include "chassis/sql/rows.hpp"

#include <array>

#include "chassis/service/tables.hpp"
#include "services/audit/shapes.hpp"

namespace waybill::audit {

namespace {

constexpr std::string_view own_tables = R"sql(
create table event_store (
    seq integer primary key,
    event_id blob not null,
    stream_type text not null,
    stream_id blob not null,
    version integer not null check (version >= 0),
    type text not null,
    schema_version integer not null,
    data text not null,
    occurred_at integer not null,
    recorded_at integer not null,
    correlation_id blob not null,
    causation_id blob not null,
    actor_subject text not null,
    actor_client text not null,
    traceparent text not null,
    tracestate text not null,
    baggage text not null) strict;
create unique index event_store_by_event on event_store (event_id);
create unique index event_store_by_stream on event_store (stream_id, stream_type, version)
    where version > 0;
create index event_store_by_correlation on event_store (correlation_id);
create view streams (type, id, version) as
    select stream_type, stream_id, max(version) from event_store group by stream_id, stream_type;
create trigger event_store_never_changes before update on event_store
begin
    select raise(abort, 'the event store is append only');
end;
create trigger event_store_never_forgets before delete on event_store
begin
    select raise(abort, 'the event store is append only');
end;
create table replays (
    id blob not null primary key,
    target text not null,
    stream_type text,
    stream_id blob,
    from_at integer,
    to_at integer,
    dry_run integer not null,
    rate integer not null check (rate between 1 and 10000),
    reason text not null,
    requested_by_subject text not null,
    requested_by_client text not null,
    status text not null check (status in ('Counting', 'Delivering', 'Completed', 'Failed')),
    seq_max integer not null,
    seq_done integer not null,
    counted_applied integer not null,
    counted_already_applied integer not null,
    counted_not_subscribed integer not null,
    counted_failed integer not null,
    delivered_applied integer not null,
    delivered_already_applied integer not null,
    delivered_not_subscribed integer not null,
    delivered_failed integer not null,
    error text,
    started_at integer not null,
    finished_at integer,
    version integer not null) strict, without rowid;
create index replays_running on replays (id) where status in ('Counting', 'Delivering');
)sql";

/// A column of what is only written.
template <auto member>
auto meta_column(std::string_view name) {
    return sql::column(
        name, [](const Recorded& r) -> const auto& { return r.event->meta.*member; },
        [](Recorded&, const auto&) { return false; });
}
template <auto member>
auto actor_column(std::string_view name) {
    return sql::column(
        name, [](const Recorded& r) -> const std::string& { return r.event->meta.actor.*member; },
        [](Recorded&, const auto&) { return false; });
}

}  // namespace

const sql::TypedTable<Recorded>& recorded_rows() {
    using M = EventMeta;
    const auto unread = [](Recorded&, const auto&) { return false; };
    static const auto rows = sql::table<Recorded>(
        "event_store",
        sql::key(
            "event_id", [](const Recorded& r) -> const Uuid& { return r.event->meta.event_id; },
            unread),
        meta_column<&M::aggregate_type>("stream_type"), meta_column<&M::aggregate_id>("stream_id"),
        meta_column<&M::aggregate_version>("version"), meta_column<&M::type>("type"),
        meta_column<&M::schema_version>("schema_version"),
        sql::column(
            "data", [](const Recorded& r) -> const std::string& { return r.event->data; }, unread),
        meta_column<&M::occurred_at>("occurred_at"),
        sql::column("recorded_at", &Recorded::recorded_at),
        meta_column<&M::correlation_id>("correlation_id"),
        meta_column<&M::causation_id>("causation_id"),
        actor_column<&Actor::subject>("actor_subject"),
        actor_column<&Actor::client>("actor_client"), meta_column<&M::traceparent>("traceparent"),
        meta_column<&M::tracestate>("tracestate"), meta_column<&M::baggage>("baggage"));
    return rows;
}

const sql::TypedTable<StoredEvent>& stored_rows() {
    using sql::column, sql::key;
    using E = StoredEvent;
    using M = EventMeta;
    static const auto rows = sql::table<E>(
        "event_store", key("seq", &E::seq), column("event_id", &E::meta, &M::event_id),
        column("stream_type", &E::meta, &M::aggregate_type),
        column("stream_id", &E::meta, &M::aggregate_id),
        column("version", &E::meta, &M::aggregate_version), column("type", &E::meta, &M::type),
        column("schema_version", &E::meta, &M::schema_version), column("data", &E::data),
        column("occurred_at", &E::meta, &M::occurred_at), column("recorded_at", &E::recorded_at),
        column("correlation_id", &E::meta, &M::correlation_id),
        column("causation_id", &E::meta, &M::causation_id),
        column("actor_subject", &E::meta, &M::actor, &Actor::subject),
        column("actor_client", &E::meta, &M::actor, &Actor::client),
        column("traceparent", &E::meta, &M::traceparent),
        column("tracestate", &E::meta, &M::tracestate), column("baggage", &E::meta, &M::baggage));
    return rows;
}

const sql::TypedTable<Replay>& replay_rows() {
    using sql::column, sql::key;
    using R = Replay;
    using S = Selection;
    using C = ReplayCounts;
    static const auto rows = sql::table<R>(
        "replays", key("id", &R::id), column("target", &R::target),
        column("stream_type", &R::selection, &S::stream_type),
        column("stream_id", &R::selection, &S::stream_id),
        column("from_at", &R::selection, &S::from), column("to_at", &R::selection, &S::to),
        column("dry_run", &R::dry_run), column("rate", &R::rate), column("reason", &R::reason),
        column("requested_by_subject", &R::requested_by, &Actor::subject),
        column("requested_by_client", &R::requested_by, &Actor::client),
        column("status", &R::status), column("seq_max", &R::seq_max),
        column("seq_done", &R::seq_done), column("counted_applied", &R::counted, &C::applied),
        column("counted_already_applied", &R::counted, &C::already_applied),
        column("counted_not_subscribed", &R::counted, &C::not_subscribed),
        column("counted_failed", &R::counted, &C::failed),
        column("delivered_applied", &R::delivered, &C::applied),
        column("delivered_already_applied", &R::delivered, &C::already_applied),
        column("delivered_not_subscribed", &R::delivered, &C::not_subscribed),
        column("delivered_failed", &R::delivered, &C::failed), column("error", &R::error),
        column("started_at", &R::started_at), column("finished_at", &R::finished_at),
        column("version", &R::version));
    return rows;
}

std::span<const sql::Migration> migrations() {
    static const std::string first = service::frame_schema() + std::string(own_tables);
    static const std::array steps{
        sql::Migration{1, "audit", first},
        sql::Migration{2, "lookups in key order", service::lookups_in_key_order()}};
    return steps;
}

}  // namespace waybill::audit
