#include "chassis/sql/rows.hpp"

#include "chassis/base/check.hpp"
#include "chassis/sql/select.hpp"

namespace waybill::sql {
namespace {

std::string_view sign(Is is) {
    switch (is) {
        case Is::equal:
            return " = ?";
        case Is::not_equal:
            return " <> ?";
        case Is::less:
            return " < ?";
        case Is::at_most:
            return " <= ?";
        case Is::greater:
            return " > ?";
        case Is::at_least:
            return " >= ?";
    }
    check_failed("a comparison", __FILE__, __LINE__);
}

/// `%text%` in lower case, with LIKE's own characters escaped by a backslash.
std::string substring_pattern(std::string_view text) {
    std::string pattern = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return pattern += '%';
}

}  // namespace

tl::unexpected<Failure> unreadable(const TableDef& table, std::size_t column) {
    const std::string name = std::string(table.name).append(".").append(table.columns[column].name);
    return tl::unexpected(Failure{FailureKind::invalid,
                                  name + " holds a value that this program cannot read",
                                  std::string("select ").append(table.name)});
}

SelectText::SelectText(const TableDef& table) {
    for (const Column& column : table.columns)
        select_.append(select_.empty() ? "select " : ", ").append(column.name);
    select_.append(" from ").append(table.name);
}

void SelectText::where_null(std::string_view column, bool null) {
    add(std::string(column).append(null ? " is null" : " is not null"));
}

void SelectText::containing(std::initializer_list<std::string_view> columns,
                            std::string_view text) {
    const std::string pattern = substring_pattern(text);
    std::string any;
    for (const std::string_view column : columns) {
        any.append(any.empty() ? "(" : " or ").append("lower(").append(column);
        any.append(") like ? escape '\\'");
        parameters_.text(pattern, Keep::copy);
    }
    add(any.append(")"));
}

void SelectText::order_by(std::string_view column, Sort sort) {
    order_.append(order_.empty() ? " order by " : ", ").append(column);
    if (sort == Sort::descending) order_.append(" desc");
}

void SelectText::limit(std::int64_t rows) {
    CHECK(!limited_);
    limited_ = true;
    parameters_.integer(rows);
}

std::string SelectText::text() const {
    return select_ + where_ + order_ + (limited_ ? " limit ?" : "");
}

void SelectText::add(std::string_view condition) {
    CHECK(!limited_);
    where_.append(where_.empty() ? " where " : " and ").append(condition);
}

void SelectText::condition(std::string_view column, Is is) {
    add(std::string(column).append(sign(is)));
}

void SelectText::condition_in(std::string_view column, std::size_t values) {
    if (values == 0) return add("1 = 0");
    std::string text = std::string(column).append(" in (?");
    for (std::size_t i = 1; i < values; ++i) text.append(", ?");
    add(text.append(")"));
}

}  // namespace waybill::sql
