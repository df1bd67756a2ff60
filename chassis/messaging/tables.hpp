#pragma once
#include <span>

#include "chassis/messaging/message.hpp"
#include "chassis/sql/session.hpp"

namespace waybill::messaging {

/// `events`: every event of the service, by aggregate and version. History: what streams resume
/// from, what replay and the checker read. Never changed, never deleted.
extern const sql::TableDef events_table;
/// `outbox`: events that some consumer has not taken; `id` is the event's `seq`.
extern const sql::TableDef outbox_table;
/// `inbox`: messages that have had their effect here, for the dedupe window of 7 days.
extern const sql::TableDef inbox_table;

/// Appends the row of one event to `cells`. The message must outlive the cells' use.
void append_event_row(std::vector<sql::Cell>& cells, std::int64_t seq, const Message& message);
/// Appends the outbox row of one event.
void append_outbox_row(std::vector<sql::Cell>& cells, std::int64_t id, const Message& message);
/// Reads a row of `events`.
OutboxEntry read_event_row(std::span<const sql::Cell> row);

/// The statements that create these tables and `deliveries`, for the service's first migration.
std::string_view messaging_schema();

}  // namespace waybill::messaging
