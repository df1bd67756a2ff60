#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/sql/session.hpp"

namespace waybill::sql {

/// One step of a schema, forward only. Versions are 1, 2, 3, … without gaps; a published one is
/// never changed. `sql` holds statements that end in `;`, in the database's own dialect.
struct Migration {
    std::int32_t version = 0;
    std::string_view name;
    std::string_view sql;
};

struct MigrationReport {
    std::int32_t version = 0;               ///< the schema's version afterwards
    std::vector<std::string> applied = {};  ///< names, in order; empty when nothing was to do
};

/// Applies what is missing, each in one transaction with its row in `schema_migrations(version,
/// name, checksum, applied_at)`. Processes that start at once apply each step once. Refuses, with
/// a message for people and nothing changed: a checksum that differs from the applied one, a
/// version that is missing in the middle, a database newer than the program.
waybill::Result<MigrationReport> migrate(Session& session, Env& env,
                                         std::span<const Migration> migrations);

/// The steps that migrate() would apply now; the same refusals. Changes nothing.
waybill::Result<std::vector<Migration>> pending(Session& session,
                                                std::span<const Migration> migrations);

/// SHA-256 of the text, 64 hex digits.
std::string checksum(std::string_view text);

/// The statements of a script, without their `;`. Knows quotes, comments and trigger bodies.
std::vector<std::string_view> split_statements(std::string_view script);

}  // namespace waybill::sql
