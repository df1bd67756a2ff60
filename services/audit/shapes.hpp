#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/http/routes.hpp"
#include "chassis/sql/migrations.hpp"
#include "chassis/sql/typed_table.hpp"
#include "services/audit/commands.hpp"
#include "services/audit/events.hpp"

/// The wire types and rows of this service; described in shapes.cpp.
namespace waybill::audit {

/// As `GET /v1/audit/events` shows it.
std::string to_json(const StoredEvent& event);
/// The readable view of the same row; its summary is made here.
std::string document_json(const StoredEvent& event);
std::string to_json(const Replay& replay);

/// A stream folded up to a version.
struct StreamState {
    std::string stream_type{};
    Uuid stream_id{};
    std::int64_t version = 0;
    Timestamp at{};       ///< when that version came to be
    std::string state{};  ///< the resource, JSON
};
std::string to_json(const StreamState& state);

/// The body of `POST /v1/audit/replay`. Every fault with its pointer.
Result<ReplayRequest> replay_from_json(std::string_view body);

extern const http::Schema event_schema;
extern const http::Schema event_list_schema;
extern const http::Schema document_schema;
extern const http::Schema document_list_schema;
extern const http::Schema stream_state_schema;
extern const http::Schema replay_request_schema;
extern const http::Schema replay_schema;
/// JSON Schemas of the published events' data, by type.
std::map<std::string, std::string> event_schemas();

/// Rows of `event_store` as they are read: with their seq.
const sql::TypedTable<StoredEvent>& stored_rows();
/// The same table as it is written: the database gives the seq.
const sql::TypedTable<Recorded>& recorded_rows();
const sql::TypedTable<Replay>& replay_rows();

std::span<const sql::Migration> migrations();

}  // namespace waybill::audit
