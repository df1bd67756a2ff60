#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "chassis/runtime/env.hpp"
#include "chassis/sql/database.hpp"

namespace waybill::sql {

/// What a deployment may tune of one SQLite file.
struct SqliteOptions {
    std::string path = {};
    std::string vfs = {};  ///< a registered VFS; empty: the system's own
    /// Room for files of a VFS that is not the system's; without it the room is not known.
    std::function<std::uint64_t()> free_bytes = {};
    std::int64_t writer_cache_kib = 4096;  ///< page cache of the write connection
    std::int64_t reader_cache_kib = 4096;  ///< of each read connection: inner pages of 1 M orders
    std::int64_t checkpoint_pages = 2000;  ///< of 8 KiB in the WAL, then it is emptied
    Duration snapshot_max{100'000};        ///< the longest a reader's statement may run
    Duration check_max{500'000};           ///< time for looking at the file after a crash
};

/// One service's SQLite file: WAL, synchronous=FULL, foreign keys on. One writer; readers see the
/// last commit. A statement that finds the file busy fails as transient at once: nothing sleeps.
///
/// For authors of schemas (measured with 8 KiB pages and 512 orders a batch: 35..45 µs of CPU for
/// order, two lines, event, outbox and idempotency row, commit included):
/// - `strict` tables; ids `blob` of 16 bytes, times `integer` microseconds, money `integer` minor
///   units, booleans `integer`.
/// - Children live beside their parent: `primary key (order_id, line)`, `without rowid`. An own id
///   as key and an index on the parent cost a third more.
/// - A table with an id as key is about as fast either way; `without rowid` is 8 % smaller. With
///   several secondary indexes prefer an ordinary table: they then point by a short number.
/// - What counts upwards (`events`, `outbox`) is an ordinary table, `integer primary key`.
/// - Ids must be UUIDv7 (they append). A key or index of random values (idempotency keys) costs
///   more than a whole row that appends; a partial index (`where status = 'Pending'`) costs only
///   the rows it holds.
class SqliteDatabase final : public Database {
 public:
    /// Makes the file when there is none. After a crash the file is looked over first; one that is
    /// damaged, no database, or not writable is refused, and the message says which file.
    static Result<std::unique_ptr<SqliteDatabase>> open(Env& env, SqliteOptions options);
    ~SqliteDatabase() override;  ///< all sessions must have been closed

    Result<std::unique_ptr<Session>> open_writer() override;
    Result<std::unique_ptr<Session>> open_reader() override;
    Traits traits() const override { return {.system = "sqlite", .single_owner = true}; }
    std::optional<std::uint64_t> free_bytes() override;
    Status checkpoint() override;

 private:
    struct State;
    explicit SqliteDatabase(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace waybill::sql
