#pragma once
#include <memory>

#include "chassis/runtime/env.hpp"
#include "chassis/sql/session.hpp"
#include "chassis/sql/sqlite.hpp"

namespace waybill::sql {

/// One SQLite file of a platform, running or stopped, for somebody who only looks: nothing is
/// written to it and nothing left beside it, no lock of the data folder is needed, and no writer
/// waits. While a snapshot is
/// held, the file's write-ahead log cannot begin anew and grows by what is written meanwhile.
class SqliteSnapshot {
 public:
    /// The error says what is wrong with the file: absent, damaged, no database.
    static Result<std::unique_ptr<SqliteSnapshot>> open(Env& env, SqliteOptions options);
    ~SqliteSnapshot();

    /// Reads what is committed; from hold() on, what was committed then. Statements may take as
    /// long as they need.
    Session& session();
    /// Once.
    Status hold();

 private:
    struct State;
    explicit SqliteSnapshot(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace waybill::sql
