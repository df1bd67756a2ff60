#pragma once
#include <sqlite3.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "chassis/sql/session.hpp"

namespace waybill::sql {

/// A prepared statement. All functions give SQLite's result codes. Bound texts must live until
/// the statement has been stepped.
class SqliteStatement {
 public:
    explicit SqliteStatement(sqlite3_stmt* raw) : raw_(raw) {}

    /// Parameters count from 1. `type` says what a view holds.
    int bind(int parameter, const Cell& cell, ColumnType type);
    /// A view is a text, Bytes are bytes. SQLITE_MISMATCH for a text that is not UTF-8: bytes that
    /// were not given as such, which would silently equal nothing.
    int bind(int parameter, const Cell& cell);
    int step() { return sqlite3_step(raw_.get()); }
    int reset() { return sqlite3_reset(raw_.get()); }
    int columns() const { return sqlite3_column_count(raw_.get()); }
    int parameters() const { return sqlite3_bind_parameter_count(raw_.get()); }
    /// Appends the row that step() came to.
    void read_row(Rows& rows) const;

 private:
    struct Finalize {
        void operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> raw_;
};

/// Resets a statement at the end of its use, so that it holds no snapshot.
class SqliteRun {
 public:
    explicit SqliteRun(SqliteStatement& statement) : statement_(statement) {}
    SqliteRun(const SqliteRun&) = delete;
    SqliteRun& operator=(const SqliteRun&) = delete;
    ~SqliteRun() { statement_.reset(); }

 private:
    SqliteStatement& statement_;
};

/// The prepared statements of one connection by their text; the least recently used makes room.
class SqliteStatements {
 public:
    explicit SqliteStatements(std::size_t count_max) : count_max_(count_max) {}
    /// Nothing when it has to be prepared.
    SqliteStatement* find(std::string_view text);
    SqliteStatement& keep(std::string_view text, SqliteStatement statement);
    void clear() { entries_.clear(); }

 private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Entry {
        SqliteStatement statement;
        std::uint64_t used = 0;
    };
    std::size_t count_max_;
    std::uint64_t uses_ = 0;
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
};

}  // namespace waybill::sql
