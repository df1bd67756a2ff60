#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/sql/row_values.hpp"
#include "chassis/sql/typed_table.hpp"

namespace waybill::sql {

enum class Is : std::uint8_t { equal, not_equal, less, at_most, greater, at_least };
enum class Sort : std::uint8_t { ascending, descending };

/// Writes one portable SELECT of all columns of a table. All conditions must hold. Values become
/// parameters, never text (copied); column names are the programmer's.
class SelectText {
 public:
    explicit SelectText(const TableDef& table);

    /// `column <is> ?`
    template <class V>
    void where(std::string_view column, Is is, const V& value) {
        condition(column, is);
        ValueOf<V>::put(parameters_, value, Keep::copy);
    }
    void where(std::string_view column, Is is, const char* value) {
        where(column, is, std::string_view(value));
    }
    /// `column in (?, …)`; no value: no row.
    template <class V>
    void where_in(std::string_view column, std::span<const V> values) {
        condition_in(column, values.size());
        for (const V& value : values) ValueOf<V>::put(parameters_, value, Keep::copy);
    }
    void where_null(std::string_view column, bool null);
    /// One of the columns contains `text`, taken literally, in any (ASCII) letter case.
    void containing(std::initializer_list<std::string_view> columns, std::string_view text);
    /// A condition of the caller's own in portable SQL, with `?` for each value.
    template <class... V>
    void where_sql(std::string_view condition, const V&... values) {
        add(condition);
        (ValueOf<V>::put(parameters_, values, Keep::copy), ...);
    }
    void order_by(std::string_view column, Sort sort);
    void limit(std::int64_t rows);  ///< the last thing to say

    /// The statement as it will be sent, and its parameters.
    std::string text() const;
    std::span<const Cell> parameters() const { return parameters_.cells(); }

 private:
    void add(std::string_view condition);
    void condition(std::string_view column, Is is);
    void condition_in(std::string_view column, std::size_t values);

    std::string select_;
    std::string where_;
    std::string order_;
    RowBuffer parameters_;
    bool limited_ = false;
};

/// A list of rows of type T: `Select(order_rows()).where("status", Is::equal, status)
/// .where("id", Is::less, cursor).order_by("id", Sort::descending).limit(20).run(session)`.
template <class T>
class Select {
 public:
    explicit Select(const TypedTable<T>& table) : table_(table), text_(table.def()) {}

    template <class V>
    Select& where(std::string_view column, Is is, const V& value) {
        text_.where(column, is, value);
        return *this;
    }
    template <class V>
    Select& where_in(std::string_view column, std::span<const V> values) {
        text_.where_in(column, values);
        return *this;
    }
    Select& where_null(std::string_view column, bool null = true) {
        text_.where_null(column, null);
        return *this;
    }
    Select& containing(std::initializer_list<std::string_view> columns, std::string_view text) {
        text_.containing(columns, text);
        return *this;
    }
    template <class... V>
    Select& where_sql(std::string_view condition, const V&... values) {
        text_.where_sql(condition, values...);
        return *this;
    }
    Select& order_by(std::string_view column, Sort sort = Sort::ascending) {
        text_.order_by(column, sort);
        return *this;
    }
    /// The last thing to say.
    Select& limit(std::int64_t rows) {
        text_.limit(rows);
        return *this;
    }
    Result<std::vector<T>> run(Session& session) const {
        return table_.decode(session.query(text_.text(), text_.parameters()));
    }

 private:
    const TypedTable<T>& table_;
    SelectText text_;
};

}  // namespace waybill::sql
