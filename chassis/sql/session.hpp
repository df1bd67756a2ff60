#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"
#include "chassis/sql/arena.hpp"
#include "chassis/sql/failure.hpp"

namespace waybill::sql {

enum class ColumnType : std::uint8_t { integer, text, blob, uuid, timestamp, boolean };

struct Column {
    std::string_view name;
    ColumnType type = ColumnType::text;
    bool nullable = false;
};

/// A table as bulk statements see it; `keys` are the first columns. Static data.
struct TableDef {
    std::string_view name;
    std::span<const Column> columns;
    std::size_t keys = 1;
};

/// Raw bytes as a parameter: an id (its 16 raw bytes) or a blob. Results give bytes as plain views.
struct Bytes {
    explicit Bytes(std::string_view bytes) : view(bytes) {}
    std::string_view view;
    friend bool operator==(const Bytes&, const Bytes&) = default;
};

/// One value. Texts and blobs are views: of parameters they must live until the call returns, of
/// results until the Rows are destroyed. Bulk statements know their columns' types and take ids
/// as either view; parameters of query() and execute() must give ids and blobs as Bytes.
using Cell = std::variant<std::monostate, std::int64_t, std::string_view, Bytes>;
/// The id as a parameter; it must outlive the call.
inline Cell id_cell(const Uuid& id) {
    return Bytes(id.raw());
}

/// Result rows, column by column in the order asked for.
class Rows {
 public:
    std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
    bool empty() const { return cells_.empty(); }
    std::span<const Cell> row(std::size_t index) const {
        return std::span(cells_).subspan(index * columns_, columns_);
    }

    /// For drivers: starts a result of so many columns, then adds cells row by row.
    explicit Rows(std::size_t columns = 0) : columns_(columns) {}
    void add(std::monostate) { cells_.emplace_back(std::monostate{}); }
    void add(std::int64_t value) { cells_.emplace_back(value); }
    void add(std::string_view text) { cells_.emplace_back(arena_.copy(text)); }  ///< copied

 private:
    std::size_t columns_;
    std::vector<Cell> cells_;
    Arena arena_;
};

inline std::int64_t as_int(const Cell& cell) {
    return std::get<std::int64_t>(cell);
}
/// A text, blob or id.
inline std::string_view as_text(const Cell& cell) {
    const auto* bytes = std::get_if<Bytes>(&cell);
    return bytes != nullptr ? bytes->view : std::get<std::string_view>(cell);
}
inline bool is_null(const Cell& cell) {
    return std::holds_alternative<std::monostate>(cell);
}

/// One connection to a service's database. Blocking; one thread at a time. Statements are written
/// once in portable SQL with `?` parameters (SQL-92 plus `on conflict do nothing`, `limit ?`);
/// what differs between databases is the driver's. Outside a transaction every call is one of its
/// own. After a failure within a transaction all further calls fail until rollback().
class Session {
 public:
    virtual ~Session() = default;

    virtual Status begin() = 0;  ///< takes the write lock where the database has but one
    virtual Status commit() = 0;
    virtual void rollback() = 0;  ///< never fails; also after a failure
    virtual bool in_transaction() const = 0;

    /// Rows of `table` whose `column` is one of `values`, all columns in the order of the
    /// definition, in the order of the column's values; `lock` holds them until the end of the
    /// transaction.
    virtual Result<Rows> select_in(const TableDef& table, std::string_view column,
                                   std::span<const Cell> values, bool lock) = 0;
    /// All columns of all `rows` (row-major). One refused row refuses the statement.
    virtual Status insert(const TableDef& table, std::span<const Cell> rows) = 0;
    /// As insert, but a row whose unique key is taken is left out. Returns the indexes left out.
    virtual Result<std::vector<std::size_t>> insert_new(const TableDef& table,
                                                        std::span<const Cell> rows) = 0;
    /// Sets all other columns of the rows with these keys. `rows` as for insert. Each row must
    /// exist, else FailureKind::constraint.
    virtual Status update(const TableDef& table, std::span<const Cell> rows) = 0;
    /// Removes the rows with these keys (key columns only, row-major). Absent ones are ignored.
    virtual Status remove(const TableDef& table, std::span<const Cell> keys) = 0;

    /// Any one statement; rows if it gives any. `columns` is the number of result columns.
    virtual Result<Rows> query(std::string_view statement, std::span<const Cell> parameters) = 0;
    /// Rows changed.
    virtual Result<std::int64_t> execute(std::string_view statement,
                                         std::span<const Cell> parameters) = 0;

    /// A later statement of this session fails with FailureKind::timeout after it; nothing: never.
    virtual void set_deadline(std::optional<MonoTime> at) = 0;
};

}  // namespace waybill::sql
