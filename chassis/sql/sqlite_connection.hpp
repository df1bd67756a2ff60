#pragma once
#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/runtime/env.hpp"
#include "chassis/sql/sqlite.hpp"
#include "chassis/sql/sqlite_statement.hpp"

namespace waybill::sql {

/// The kind of an extended SQLite result code; `system_errno` is the one behind an I/O error.
FailureKind sqlite_kind(int code, int system_errno);

/// One open SQLite file and its prepared statements. One thread at a time.
class SqliteConnection {
 public:
    /// A guest reads like a reader, and as the last to leave takes away the empty log that its
    /// reading made, which SQLite lets nobody do who may not write. An archive is a file in a
    /// folder that cannot be written and that nobody has open: it is read as it lies.
    enum class Role : std::uint8_t { keeper, writer, reader, guest, archive };

    /// Opens and sets the connection up. Only the keeper makes a file.
    static Result<std::unique_ptr<SqliteConnection>> open(Env& env, const SqliteOptions& options,
                                                          Role role);
    ~SqliteConnection();
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

    /// The prepared statement; the failure's kind is `invalid` when the text is no statement.
    Result<SqliteStatement*> prepare(std::string_view text);
    /// Runs a statement for its effect alone.
    Status run(std::string_view text);
    /// Copies what is committed into the main file as far as no reader is in the way.
    Status checkpoint(int mode);

    bool in_transaction() const { return sqlite3_get_autocommit(raw_) == 0; }
    int changes() const { return sqlite3_changes(raw_); }
    std::int64_t total_changes() const { return sqlite3_total_changes64(raw_); }
    /// Pages in the WAL after the last commit of this connection.
    int wal_pages() const { return wal_pages_; }
    /// What SQLite last said of this connection, for a call that returned `code`.
    Failure failure(int code, std::string_view statement) const;

    /// Statements are interrupted after it; nothing: never.
    void stop_at(std::optional<MonoTime> at) { stop_at_ = at; }
    bool time_is_up() const { return stop_at_ && env_.monotonic() >= *stop_at_; }

 private:
    SqliteConnection(Env& env, const SqliteOptions& options, Role role);
    bool only_reads() const { return role_ != Role::keeper && role_ != Role::writer; }
    Status set_up();
    Status set_up_journal();
    static int on_progress(void* self);
    static int on_commit(void* self, sqlite3* raw, const char* name, int pages);

    Env& env_;
    const SqliteOptions& options_;
    Role role_;
    sqlite3* raw_ = nullptr;
    int wal_pages_ = 0;
    std::optional<MonoTime> stop_at_;
    SqliteStatements statements_;
};

}  // namespace waybill::sql
