#include "chassis/messaging/deliveries.hpp"

#include <fmt/format.h>

#include <array>

#include "chassis/messaging/envelope.hpp"

namespace waybill::messaging {
namespace {

using sql::Cell;

constexpr std::string_view all_columns =
    "id, consumer, message_id, message_type, queue, aggregate, seq, attempts, not_before, state, "
    "reason, fault, first_failed_at, last_failed_at, headers, body, original_body, edited_by, "
    "replayed_by, discard_reason";

std::string text(const Cell& cell) {
    return std::string(sql::as_text(cell));
}
std::optional<std::string> maybe_text(const Cell& cell) {
    return sql::is_null(cell) ? std::nullopt : std::optional(text(cell));
}
Cell maybe_cell(const std::optional<std::string>& value) {
    return value ? Cell(std::string_view(*value)) : Cell(std::monostate{});
}

DeliveryRow read(std::span<const Cell> row) {
    DeliveryRow out;
    out.id = sql::as_int(row[0]);
    out.consumer = text(row[1]);
    out.message_id = Uuid::from_bytes(sql::as_text(row[2])).value_or(Uuid{});
    out.message_type = text(row[3]);
    out.queue = text(row[4]);
    out.aggregate = text(row[5]);
    out.seq = sql::as_int(row[6]);
    out.attempts = sql::as_int(row[7]);
    out.not_before = {sql::as_int(row[8])};
    out.state = text(row[9]);
    out.reason = text(row[10]);
    out.fault = text(row[11]);
    out.first_failed_at = {sql::as_int(row[12])};
    out.last_failed_at = {sql::as_int(row[13])};
    out.headers = text(row[14]);
    out.body = text(row[15]);
    out.original_body = maybe_text(row[16]);
    out.edited_by = maybe_text(row[17]);
    out.replayed_by = maybe_text(row[18]);
    out.discard_reason = maybe_text(row[19]);
    return out;
}

sql::Result<std::vector<DeliveryRow>> rows_of(sql::Result<sql::Rows> rows) {
    if (!rows) return tl::unexpected(std::move(rows.error()));
    std::vector<DeliveryRow> out;
    for (std::size_t i = 0; i < rows->size(); ++i) out.push_back(read(rows->row(i)));
    return out;
}

sql::Result<std::optional<DeliveryRow>> first_of(sql::Result<sql::Rows> rows) {
    auto all = rows_of(std::move(rows));
    if (!all) return tl::unexpected(std::move(all.error()));
    if (all->empty()) return std::nullopt;
    return std::move(all->front());
}

sql::Status done_or_failed(sql::Result<std::int64_t> done) {
    if (!done) return tl::unexpected(std::move(done.error()));
    return {};
}

/// The conditions of a filter, and their parameters.
std::string where(const Deliveries::Filter& filter, std::vector<Cell>& parameters) {
    std::string out = " where 1 = 1";
    const auto equal = [&](std::string_view column, const std::optional<std::string>& value) {
        if (!value) return;
        out += fmt::format(" and {} = ?", column);
        parameters.emplace_back(std::string_view(*value));
    };
    equal("reason", filter.reason);
    equal("message_type", filter.message_type);
    equal("state", filter.state);
    return out;
}

}  // namespace

std::string aggregate_of(const EventMeta& meta) {
    if (meta.aggregate_type.empty()) return {};
    return meta.aggregate_type + "/" + meta.aggregate_id.to_string();
}

DeliveryRow delivery_of(const Message& message, std::string_view consumer, std::string_view queue,
                        std::string_view state, std::string_view reason, std::string fault,
                        Timestamp now) {
    DeliveryRow row;
    row.consumer = consumer;
    row.message_id = message.meta.event_id;
    row.message_type = message.meta.type;
    row.queue = queue;
    row.aggregate = aggregate_of(message.meta);
    row.seq = message.meta.aggregate_version;
    row.state = state;
    row.reason = reason;
    row.fault = std::move(fault);
    row.not_before = row.first_failed_at = row.last_failed_at = now;
    row.headers = envelope_headers(message);
    row.body = to_envelope(message);
    return row;
}

sql::Status Deliveries::add(sql::Session& session, const DeliveryRow& row) {
    const std::array<Cell, 19> values{std::string_view(row.consumer),
                                      sql::id_cell(row.message_id),
                                      std::string_view(row.message_type),
                                      std::string_view(row.queue),
                                      std::string_view(row.aggregate),
                                      row.seq,
                                      row.attempts,
                                      row.not_before.us,
                                      std::string_view(row.state),
                                      std::string_view(row.reason),
                                      std::string_view(row.fault),
                                      row.first_failed_at.us,
                                      row.last_failed_at.us,
                                      std::string_view(row.headers),
                                      std::string_view(row.body),
                                      maybe_cell(row.original_body),
                                      maybe_cell(row.edited_by),
                                      maybe_cell(row.replayed_by),
                                      maybe_cell(row.discard_reason)};
    auto done = session.execute(
        "insert into deliveries (consumer, message_id, message_type, queue, aggregate, seq, "
        "attempts, not_before, state, reason, fault, first_failed_at, last_failed_at, headers, "
        "body, original_body, edited_by, replayed_by, discard_reason) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
        values);
    return done_or_failed(std::move(done));
}

sql::Status Deliveries::save(sql::Session& session, const DeliveryRow& row) {
    const std::array<Cell, 13> values{row.attempts,
                                      row.not_before.us,
                                      std::string_view(row.state),
                                      std::string_view(row.reason),
                                      std::string_view(row.fault),
                                      row.last_failed_at.us,
                                      std::string_view(row.headers),
                                      std::string_view(row.body),
                                      maybe_cell(row.original_body),
                                      maybe_cell(row.edited_by),
                                      maybe_cell(row.replayed_by),
                                      maybe_cell(row.discard_reason),
                                      row.id};
    auto done = session.execute(
        "update deliveries set attempts = ?, not_before = ?, state = ?, reason = ?, fault = ?, "
        "last_failed_at = ?, headers = ?, body = ?, original_body = ?, edited_by = ?, "
        "replayed_by = ?, discard_reason = ? where id = ?",
        values);
    return done_or_failed(std::move(done));
}

sql::Status Deliveries::remove(sql::Session& session, std::int64_t id) {
    const std::array<Cell, 1> values{id};
    auto done = session.execute("delete from deliveries where id = ?", values);
    return done_or_failed(std::move(done));
}

sql::Result<std::optional<DeliveryRow>> Deliveries::find(sql::Session& session, std::int64_t id) {
    const std::array<Cell, 1> values{id};
    return first_of(
        session.query(fmt::format("select {} from deliveries where id = ?", all_columns), values));
}

sql::Result<std::optional<DeliveryRow>> Deliveries::find_message(sql::Session& session,
                                                                 const Uuid& message_id,
                                                                 std::string_view consumer) {
    const std::array<Cell, 2> values{sql::id_cell(message_id), consumer};
    return first_of(session.query(
        fmt::format("select {} from deliveries where message_id = ? and consumer = ?", all_columns),
        values));
}

sql::Result<std::vector<DeliveryRow>> Deliveries::due(sql::Session& session, Timestamp now,
                                                      bool dead_blocks, std::int64_t limit) {
    const std::array<Cell, 2> values{now.us, limit};
    const std::string_view blocking =
        dead_blocks ? "e.state in ('waiting', 'dead')" : "e.state = 'waiting'";
    return rows_of(session.query(
        fmt::format("select {} from deliveries d where d.state = 'waiting' and d.not_before <= ? "
                    "and (d.aggregate = '' or not exists (select 1 from deliveries e where "
                    "e.aggregate = d.aggregate and e.consumer = d.consumer and e.id < d.id "
                    "and {})) order by d.id limit ?",
                    all_columns, blocking),
        values));
}

sql::Result<std::optional<Timestamp>> Deliveries::next_due(sql::Session& session) {
    auto rows = session.query("select min(not_before) from deliveries where state = 'waiting'", {});
    if (!rows) return tl::unexpected(std::move(rows.error()));
    if (rows->empty() || sql::is_null(rows->row(0)[0])) return std::nullopt;
    return Timestamp{sql::as_int(rows->row(0)[0])};
}

sql::Result<bool> Deliveries::held(sql::Session& session, std::string_view consumer,
                                   std::string_view aggregate, bool dead_blocks) {
    const std::array<Cell, 2> values{aggregate, consumer};
    auto rows = session.query(
        fmt::format("select 1 from deliveries where aggregate = ? and consumer = ? and state in "
                    "('waiting'{}) limit 1",
                    dead_blocks ? ", 'dead'" : ""),
        values);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    return !rows->empty();
}

sql::Result<std::vector<DeliveryRow>> Deliveries::list(sql::Session& session,
                                                       const Filter& filter) {
    std::vector<Cell> values;
    std::string conditions = where(filter, values);
    if (filter.before_id != 0) {
        conditions += " and id < ?";
        values.emplace_back(filter.before_id);
    }
    values.emplace_back(filter.limit);
    return rows_of(session.query(fmt::format("select {} from deliveries{} order by id desc limit ?",
                                             all_columns, conditions),
                                 values));
}

sql::Result<std::vector<Deliveries::Group>> Deliveries::by_reason(sql::Session& session,
                                                                  const Filter& filter) {
    std::vector<Cell> values;
    const std::string conditions = where(filter, values);
    auto rows = session.query(fmt::format("select reason, count(*) from deliveries{} group by "
                                          "reason order by reason limit 1000",
                                          conditions),
                              values);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    std::vector<Group> out;
    for (std::size_t i = 0; i < rows->size(); ++i)
        out.push_back({text(rows->row(i)[0]), sql::as_int(rows->row(i)[1])});
    return out;
}

sql::Result<std::int64_t> Deliveries::count(sql::Session& session, std::string_view state) {
    const std::array<Cell, 1> values{state};
    auto rows = session.query("select count(*) from deliveries where state = ?", values);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    return sql::as_int(rows->row(0)[0]);
}

}  // namespace waybill::messaging
