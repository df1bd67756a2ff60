#include <algorithm>
#include <numeric>

#include "chassis/base/check.hpp"
#include "chassis/sql/sqlite_session.hpp"

namespace waybill::sql {
namespace {

std::string names(std::span<const Column> columns, std::string_view between,
                  std::string_view ending = {}) {
    std::string text;
    for (const Column& column : columns) {
        if (!text.empty()) text += between;
        text += column.name;
        text += ending;
    }
    return text;
}

/// The order of ids and texts in SQLite: by bytes. NULLs first; they match nothing.
bool less(const Cell& a, const Cell& b) {
    if (is_null(a) || is_null(b)) return is_null(a) && !is_null(b);
    const auto* x = std::get_if<std::int64_t>(&a);
    const auto* y = std::get_if<std::int64_t>(&b);
    if (x != nullptr && y != nullptr) return *x < *y;
    if (x != nullptr || y != nullptr) return x != nullptr;
    return as_text(a) < as_text(b);
}

/// Ascending, each once.
std::vector<Cell> settled(std::span<const Cell> values) {
    std::vector<Cell> sorted(values.begin(), values.end());
    if (!std::ranges::is_sorted(sorted, less)) std::ranges::sort(sorted, less);
    const auto same = [](const Cell& a, const Cell& b) { return !less(a, b) && !less(b, a); };
    sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
    return sorted;
}

ColumnType type_of(const TableDef& table, std::string_view column) {
    const auto at = std::ranges::find(table.columns, column, &Column::name);
    CHECK(at != table.columns.end());
    return at->type;
}

}  // namespace

SqliteSession::Bulk SqliteSession::insert_of(const TableDef& table, std::string_view ending) {
    Bulk bulk;
    bulk.width = table.columns.size();
    bulk.text =
        "insert into " + std::string(table.name) + " (" + names(table.columns, ", ") + ") values (";
    for (std::size_t i = 0; i < bulk.width; ++i) bulk.text += i == 0 ? "?" : ", ?";
    bulk.text.append(")").append(ending);
    bulk.cells.resize(bulk.width);
    std::iota(bulk.cells.begin(), bulk.cells.end(), std::size_t{0});
    for (const Column& column : table.columns) bulk.types.push_back(column.type);
    return bulk;
}

SqliteSession::Bulk SqliteSession::update_of(const TableDef& table) {
    CHECK(table.columns.size() > table.keys);
    Bulk bulk;
    bulk.width = table.columns.size();
    bulk.text = "update " + std::string(table.name) + " set " +
                names(table.columns.subspan(table.keys), ", ", " = ?") + " where " +
                names(table.columns.first(table.keys), " and ", " = ?");
    for (std::size_t i = 0; i < bulk.width; ++i) {
        bulk.cells.push_back((i + table.keys) % bulk.width);
        bulk.types.push_back(table.columns[bulk.cells.back()].type);
    }
    return bulk;
}

SqliteSession::Bulk SqliteSession::remove_of(const TableDef& table) {
    Bulk bulk;
    bulk.width = table.keys;
    bulk.text = "delete from " + std::string(table.name) + " where " +
                names(table.columns.first(table.keys), " and ", " = ?");
    for (std::size_t i = 0; i < bulk.width; ++i) {
        bulk.cells.push_back(i);
        bulk.types.push_back(table.columns[i].type);
    }
    return bulk;
}

Status SqliteSession::each_row(const Bulk& bulk, std::span<const Cell> rows,
                               const std::function<Status(std::size_t)>& after) {
    CHECK(rows.size() % bulk.width == 0);
    if (rows.empty()) return {};
    if (open_ || rows.size() == bulk.width) return step_rows(bulk, rows, after);
    if (auto begun = begin(); !begun) return begun;
    auto stepped = step_rows(bulk, rows, after);
    if (stepped) stepped = commit();
    if (!stepped) rollback();
    return stepped;
}

Status SqliteSession::step_rows(const Bulk& bulk, std::span<const Cell> rows,
                                const std::function<Status(std::size_t)>& after) {
    if (auto started = start(bulk.text); !started) return started;
    auto prepared = connection_->prepare(bulk.text);
    if (!prepared) return failed(std::move(prepared.error()));
    SqliteStatement& statement = **prepared;
    SqliteRun in_use(statement);
    for (std::size_t row = 0; row * bulk.width < rows.size(); ++row) {
        const auto cells = rows.subspan(row * bulk.width, bulk.width);
        for (std::size_t i = 0; i < bulk.cells.size(); ++i)
            if (const int code =
                    statement.bind(static_cast<int>(i + 1), cells[bulk.cells[i]], bulk.types[i]);
                code != SQLITE_OK)
                return failed(code, bulk.text);
        if (const int code = statement.step(); code != SQLITE_DONE) return failed(code, bulk.text);
        if (auto going_on = after(row); !going_on) return failed(std::move(going_on.error()));
        statement.reset();
    }
    return {};
}

Status SqliteSession::insert(const TableDef& table, std::span<const Cell> rows) {
    return each_row(insert_of(table, ""), rows, [](std::size_t) { return Status(); });
}

Result<std::vector<std::size_t>> SqliteSession::insert_new(const TableDef& table,
                                                           std::span<const Cell> rows) {
    std::vector<std::size_t> left_out;
    auto done = each_row(insert_of(table, " on conflict do nothing"), rows, [&](std::size_t row) {
        if (connection_->changes() == 0) left_out.push_back(row);
        return Status();
    });
    if (!done) return tl::unexpected(done.error());
    return left_out;
}

Status SqliteSession::update(const TableDef& table, std::span<const Cell> rows) {
    return each_row(update_of(table), rows, [&](std::size_t row) -> Status {
        if (connection_->changes() == 1) return {};
        return tl::unexpected(Failure{FailureKind::constraint,
                                      "row " + std::to_string(row) + " of the update is not there",
                                      std::string("update ").append(table.name)});
    });
}

Status SqliteSession::remove(const TableDef& table, std::span<const Cell> keys) {
    return each_row(remove_of(table), keys, [](std::size_t) { return Status(); });
}

Result<Rows> SqliteSession::select_in(const TableDef& table, std::string_view column,
                                      std::span<const Cell> values, bool) {
    return select_rows(table, column, settled(values));
}

Result<Rows> SqliteSession::select_rows(const TableDef& table, std::string_view column,
                                        std::span<const Cell> values) {
    Rows rows(table.columns.size());
    if (values.empty()) return rows;
    const std::string text = "select " + names(table.columns, ", ") + " from " +
                             std::string(table.name) + " where " + std::string(column) +
                             " = ? order by " + names(table.columns.first(table.keys), ", ");
    if (auto started = start(text); !started) return tl::unexpected(started.error());
    auto prepared = connection_->prepare(text);
    if (!prepared) return failed(std::move(prepared.error()));
    SqliteStatement& statement = **prepared;
    SqliteRun in_use(statement);
    const ColumnType type = type_of(table, column);
    for (const Cell& value : values) {
        if (const int code = statement.bind(1, value, type); code != SQLITE_OK)
            return failed(code, text);
        int code = statement.step();
        for (; code == SQLITE_ROW; code = statement.step()) statement.read_row(rows);
        if (code != SQLITE_DONE) return failed(code, text);
        statement.reset();
    }
    return rows;
}

}  // namespace waybill::sql
