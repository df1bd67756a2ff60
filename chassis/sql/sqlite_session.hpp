#pragma once
#include <functional>
#include <memory>
#include <string>

#include "chassis/sql/session.hpp"
#include "chassis/sql/sqlite_connection.hpp"

namespace waybill::sql {

/// The Session of one SQLite connection. A bulk statement is a prepared one stepped in a loop.
class SqliteSession final : public Session {
 public:
    SqliteSession(Env& env, const SqliteOptions& options,
                  std::unique_ptr<SqliteConnection> connection, bool reader)
        : env_(env), options_(options), connection_(std::move(connection)), reader_(reader) {}
    ~SqliteSession() override { rollback(); }

    Status begin() override;
    Status commit() override;
    void rollback() override;
    bool in_transaction() const override { return open_; }
    Result<Rows> select_in(const TableDef& table, std::string_view column,
                           std::span<const Cell> values, bool lock) override;
    Status insert(const TableDef& table, std::span<const Cell> rows) override;
    Result<std::vector<std::size_t>> insert_new(const TableDef& table,
                                                std::span<const Cell> rows) override;
    Status update(const TableDef& table, std::span<const Cell> rows) override;
    Status remove(const TableDef& table, std::span<const Cell> keys) override;
    Result<Rows> query(std::string_view statement, std::span<const Cell> parameters) override;
    Result<std::int64_t> execute(std::string_view statement,
                                 std::span<const Cell> parameters) override;
    void set_deadline(std::optional<MonoTime> at) override { deadline_ = at; }

 private:
    /// A bulk statement: its text, and which cell of a row each parameter takes.
    struct Bulk {
        std::string text;
        std::vector<std::size_t> cells;  ///< parameter n takes cell cells[n - 1]
        std::vector<ColumnType> types;
        std::size_t width = 0;  ///< cells a row
    };
    static Bulk insert_of(const TableDef& table, std::string_view ending);
    static Bulk update_of(const TableDef& table);
    static Bulk remove_of(const TableDef& table);

    Status start(std::string_view what);
    Status each_row(const Bulk& bulk, std::span<const Cell> rows,
                    const std::function<Status(std::size_t row)>& after);
    Status step_rows(const Bulk& bulk, std::span<const Cell> rows,
                     const std::function<Status(std::size_t row)>& after);
    Result<Rows> select_rows(const TableDef& table, std::string_view column,
                             std::span<const Cell> values);
    Result<SqliteStatement*> bound(std::string_view statement, std::span<const Cell> parameters);
    tl::unexpected<Failure> failed(Failure failure);
    tl::unexpected<Failure> failed(int code, std::string_view statement) {
        return failed(connection_->failure(code, statement));
    }

    Env& env_;
    const SqliteOptions& options_;
    std::unique_ptr<SqliteConnection> connection_;
    bool reader_;
    bool open_ = false;    ///< between begin() and commit() or rollback()
    bool failed_ = false;  ///< only rollback() helps
    std::optional<MonoTime> deadline_;
};

}  // namespace waybill::sql
