#include "chassis/service/tables.hpp"

#include <array>

#include "chassis/base/sha256.hpp"
#include "chassis/messaging/tables.hpp"

namespace waybill::service {
namespace {

using sql::Column;
using sql::ColumnType;

constexpr std::array idempotency_columns{
    Column{"lookup", ColumnType::blob},          Column{"subject", ColumnType::text},
    Column{"idempotency_key", ColumnType::text}, Column{"item", ColumnType::integer},
    Column{"request_hash", ColumnType::blob},    Column{"status", ColumnType::integer},
    Column{"aggregate_id", ColumnType::uuid},    Column{"aggregate_version", ColumnType::integer},
    Column{"created_at", ColumnType::timestamp},
};
constexpr std::array timers_columns{
    Column{"aggregate_id", ColumnType::uuid},
    Column{"due_at", ColumnType::timestamp},
};

// As much as a UUIDv7 or a ULID needs to say its time, or a counter its number.
constexpr std::size_t lookup_key_bytes = 24;

}  // namespace

const sql::TableDef idempotency_table{"idempotency", idempotency_columns, 1};
const sql::TableDef timers_table{"timers", timers_columns, 1};

std::string lookup_of(const IdempotencyKey& key) {
    std::string text;
    text.reserve(key.subject.size() + key.key.size() + 16);
    text.append(key.subject).push_back('\0');
    text.append(key.key).push_back('\0');
    text += std::to_string(key.item);
    return key.key.substr(0, lookup_key_bytes) + sha256_short(text);
}

sql::Status save_timers(sql::Session& session, std::span<const TimerChange> changes) {
    std::vector<sql::Cell> gone;
    std::vector<sql::Cell> set;
    for (const auto& change : changes) {
        gone.emplace_back(change.aggregate_id.raw());
        if (!change.due_at) continue;
        set.emplace_back(change.aggregate_id.raw());
        set.emplace_back(change.due_at->us);
    }
    if (!gone.empty())
        if (auto removed = session.remove(timers_table, gone); !removed) return removed;
    if (set.empty()) return {};
    return session.insert(timers_table, set);
}

// Lookups were the hash alone.
std::string_view lookups_in_key_order() {
    return "update idempotency set lookup = "
           "cast(substr(idempotency_key, 1, 24) || lookup as blob) where length(lookup) = 16;";
}

std::string frame_schema() {
    return std::string(messaging::messaging_schema()) + R"sql(
create table idempotency (
    lookup blob primary key not null,
    subject text not null,
    idempotency_key text not null,
    item integer not null,
    request_hash blob not null,
    status integer not null,
    aggregate_id blob not null,
    aggregate_version integer not null,
    created_at integer not null);
create table timers (
    aggregate_id blob primary key not null,
    due_at integer not null) without rowid;
create index timers_by_due on timers (due_at);
create table writer_state (
    writer_id text primary key not null,
    last_batch integer not null) without rowid;
)sql";
}

}  // namespace waybill::service
