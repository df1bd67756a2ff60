#include "chassis/sql/sqlite_statement.hpp"

#include <algorithm>

namespace waybill::sql {
namespace {

int bind_text(sqlite3_stmt* statement, int parameter, std::string_view text) {
    // A null pointer would bind NULL where the empty text is meant.
    const char* data = text.data() == nullptr ? "" : text.data();
    return sqlite3_bind_text64(statement, parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

int bind_bytes(sqlite3_stmt* statement, int parameter, std::string_view bytes) {
    const char* data = bytes.data() == nullptr ? "" : bytes.data();
    return sqlite3_bind_blob64(statement, parameter, data, bytes.size(), SQLITE_STATIC);
}

/// How many bytes the character with this first byte has; 0 for a byte that begins none.
std::size_t utf8_length(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(static_cast<unsigned char>(text.front()));
        if (length == 0 || length > text.size()) return false;
        for (std::size_t i = 1; i < length; ++i)
            if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace

int SqliteStatement::bind(int parameter, const Cell& cell, ColumnType type) {
    if (const auto* number = std::get_if<std::int64_t>(&cell))
        return sqlite3_bind_int64(raw_.get(), parameter, *number);
    if (is_null(cell)) return sqlite3_bind_null(raw_.get(), parameter);
    if (type == ColumnType::uuid || type == ColumnType::blob)
        return bind_bytes(raw_.get(), parameter, as_text(cell));
    return bind_text(raw_.get(), parameter, as_text(cell));
}

int SqliteStatement::bind(int parameter, const Cell& cell) {
    if (const auto* bytes = std::get_if<Bytes>(&cell))
        return bind_bytes(raw_.get(), parameter, bytes->view);
    if (const auto* text = std::get_if<std::string_view>(&cell); text && !is_utf8(*text))
        return SQLITE_MISMATCH;
    return bind(parameter, cell, ColumnType::text);
}

void SqliteStatement::read_row(Rows& rows) const {
    sqlite3_stmt* statement = raw_.get();
    const int count = sqlite3_column_count(statement);
    for (int i = 0; i < count; ++i) {
        switch (sqlite3_column_type(statement, i)) {
            case SQLITE_INTEGER:
                rows.add(std::int64_t{sqlite3_column_int64(statement, i)});
                break;
            case SQLITE_NULL:
                rows.add(std::monostate{});
                break;
            default: {
                // Asking for a blob of a text gives its bytes without a conversion.
                const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, i));
                rows.add(std::string_view(
                    data, static_cast<std::size_t>(sqlite3_column_bytes(statement, i))));
            }
        }
    }
}

SqliteStatement* SqliteStatements::find(std::string_view text) {
    const auto it = entries_.find(text);
    if (it == entries_.end()) return nullptr;
    it->second.used = ++uses_;
    return &it->second.statement;
}

SqliteStatement& SqliteStatements::keep(std::string_view text, SqliteStatement statement) {
    if (entries_.size() >= count_max_) {
        const auto oldest = std::min_element(
            entries_.begin(), entries_.end(),
            [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
        entries_.erase(oldest);
    }
    const auto at =
        entries_.insert_or_assign(std::string(text), Entry{std::move(statement), ++uses_});
    return at.first->second.statement;
}

}  // namespace waybill::sql
