#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "chassis/sql/session.hpp"

namespace waybill::sql {

/// What differs between databases beyond statements.
struct Traits {
    std::string_view system;  ///< OpenTelemetry's `db.system.name`: `sqlite`
    /// One process owns the database, and its commits are in the order of its outbox ids.
    bool single_owner = false;
};

/// A service's database: makes sessions. Thread-safe. Drivers: `sqlite.hpp`.
class Database {
 public:
    virtual ~Database() = default;
    virtual Result<std::unique_ptr<Session>> open_writer() = 0;
    virtual Result<std::unique_ptr<Session>> open_reader() = 0;  ///< cannot write
    virtual Traits traits() const = 0;
    /// Bytes free for the database to grow; nothing when it cannot be known.
    virtual std::optional<std::uint64_t> free_bytes() = 0;
    /// Brings everything committed into the main file (SQLite: WAL checkpoint). At shutdown.
    virtual Status checkpoint() = 0;
};

}  // namespace waybill::sql
