#pragma once
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "chassis/sql/row_buffer.hpp"
#include "chassis/sql/session.hpp"

namespace waybill::sql {

/// How the rows of a table become values and back; `rows.hpp` makes them.
template <class T>
class RowCodec {
 public:
    static constexpr std::size_t decoded = std::numeric_limits<std::size_t>::max();
    virtual ~RowCodec() = default;
    virtual void encode(const T& row, RowBuffer& out) const = 0;
    /// `decoded`, or the index of the column whose cell does not fit.
    virtual std::size_t decode(std::span<const Cell> cells, T& row) const = 0;
    TableDef table;
};

/// The failure of a stored value that the program cannot read: `orders.status`.
tl::unexpected<Failure> unreadable(const TableDef& table, std::size_t column);

/// A table whose rows are values of type T, described once (`table<T>(…)` in `rows.hpp`). Rows
/// given to a call must stay until it returns. Thread-safe.
template <class T>
class TypedTable {
 public:
    explicit TypedTable(std::unique_ptr<const RowCodec<T>> codec) : codec_(std::move(codec)) {}

    const TableDef& def() const { return codec_->table; }
    /// Appends the row's cells, in the order of the definition. The row must outlive their use.
    void encode(const T& row, RowBuffer& out) const { codec_->encode(row, out); }
    Result<T> decode(std::span<const Cell> cells) const {
        T row{};
        if (const std::size_t at = codec_->decode(cells, row); at != RowCodec<T>::decoded)
            return unreadable(def(), at);
        return row;
    }
    Result<std::vector<T>> decode(const Result<Rows>& rows) const {
        if (!rows) return tl::unexpected(rows.error());
        std::vector<T> values(rows->size());
        for (std::size_t i = 0; i < values.size(); ++i)
            if (const std::size_t at = codec_->decode(rows->row(i), values[i]);
                at != RowCodec<T>::decoded)
                return unreadable(def(), at);
        return values;
    }

    /// The rows whose first key is one of `keys`, in key order; absent ones are left out. `lock`
    /// holds them until the end of the transaction.
    Result<std::vector<T>> load(Session& session, std::span<const Cell> keys, bool lock) const {
        return load_by(session, def().columns.front().name, keys, lock);
    }
    Result<std::vector<T>> load(Session& session, std::span<const std::string_view> keys,
                                bool lock) const {
        return load(session, cells_of(keys), lock);
    }
    /// As load, by any one column: in the order of its values, then of the keys.
    Result<std::vector<T>> load_by(Session& session, std::string_view column,
                                   std::span<const Cell> values, bool lock) const {
        return decode(session.select_in(def(), column, values, lock));
    }
    Status insert(Session& session, std::span<const T* const> rows) const {
        return session.insert(def(), encoded(rows).cells());
    }
    /// Leaves out rows whose unique key is taken; returns their indexes.
    Result<std::vector<std::size_t>> insert_new(Session& session,
                                                std::span<const T* const> rows) const {
        return session.insert_new(def(), encoded(rows).cells());
    }
    /// Each row must exist.
    Status update(Session& session, std::span<const T* const> rows) const {
        return session.update(def(), encoded(rows).cells());
    }
    /// `keys`: the key columns, row-major. Absent rows are ignored.
    Status remove(Session& session, std::span<const Cell> keys) const {
        return session.remove(def(), keys);
    }

 private:
    RowBuffer encoded(std::span<const T* const> rows) const {
        RowBuffer buffer;
        buffer.reserve(rows.size() * def().columns.size());
        for (const T* row : rows) codec_->encode(*row, buffer);
        return buffer;
    }
    std::unique_ptr<const RowCodec<T>> codec_;
};

}  // namespace waybill::sql
