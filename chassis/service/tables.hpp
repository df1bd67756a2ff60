#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/service/domain_port.hpp"
#include "chassis/sql/session.hpp"

namespace waybill::service {

/// `idempotency`: keys that had their effect, for 24 hours.
extern const sql::TableDef idempotency_table;
/// `timers`: deadlines of aggregates, polled by the clockwork.
extern const sql::TableDef timers_table;

/// A row of `idempotency`.
struct IdempotencyRow {
    std::string request_hash;
    std::uint16_t status = 200;
    Uuid aggregate_id{};
    std::int64_t version = 0;
};

/// What a key is looked up by: its own first 24 bytes, so that keys which follow time (UUIDv7,
/// ULID, counters) grow their index at its end; then the first 16 of the SHA-256 of subject, key
/// and item.
std::string lookup_of(const IdempotencyKey& key);

/// Applies deadlines that changed.
sql::Status save_timers(sql::Session& session, std::span<const TimerChange> changes);

/// The statements that create the frame's tables (messaging's included): a service's first
/// migration begins with them.
std::string frame_schema();
/// For a database whose keys are looked up by the hash alone: the step to lookup_of().
std::string_view lookups_in_key_order();

}  // namespace waybill::service
