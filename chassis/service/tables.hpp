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

/// What a key is looked up by: SHA-256 of subject, key and item, the first 16 bytes.
std::string lookup_of(const IdempotencyKey& key);

/// Applies deadlines that changed.
sql::Status save_timers(sql::Session& session, std::span<const TimerChange> changes);

/// The statements that create the frame's tables (messaging's included): a service's first
/// migration begins with them.
std::string frame_schema();

}  // namespace waybill::service
