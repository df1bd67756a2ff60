#include "app/check/stream.hpp"

namespace waybill::check {

std::int64_t Row::number(std::size_t column, std::int64_t otherwise) const {
    const auto* number = std::get_if<std::int64_t>(&cells_[column]);
    return number != nullptr ? *number : otherwise;
}

std::string_view Row::text(std::size_t column) const {
    const sql::Cell& cell = cells_[column];
    if (const auto* text = std::get_if<std::string_view>(&cell)) return *text;
    const auto* bytes = std::get_if<sql::Bytes>(&cell);
    return bytes != nullptr ? bytes->view : std::string_view();
}

Uuid Row::id(std::size_t column) const {
    return Uuid::from_bytes(text(column)).value_or(Uuid{});
}

Stream::Stream(sql::Session& session, std::string_view statement, std::vector<StreamKey> keys,
               std::size_t page_rows)
    : session_(session), statement_(statement), keys_(std::move(keys)), page_rows_(page_rows) {}

sql::Result<bool> Stream::next() {
    if (ended_) return false;
    if (begun_ && ++at_ < rows_.size()) {
        ++count_;
        return true;
    }
    return next_page();
}

sql::Result<bool> Stream::next_page() {
    if (begun_ && rows_.size() < page_rows_) {
        ended_ = true;
        return false;
    }
    std::vector<sql::Cell> parameters;
    for (const StreamKey& key : keys_) {
        const std::string_view text =
            begun_ ? Row(rows_.row(rows_.size() - 1)).text(key.column) : std::string_view("");
        if (key.kind == StreamKey::Kind::number)
            parameters.emplace_back(begun_ ? Row(rows_.row(rows_.size() - 1)).number(key.column)
                                           : Row::no_number);
        else if (key.kind == StreamKey::Kind::text)
            parameters.emplace_back(text);
        else
            parameters.emplace_back(sql::Bytes(text));
    }
    parameters.emplace_back(static_cast<std::int64_t>(page_rows_));
    auto page = session_.query(statement_, parameters);
    if (!page) return tl::unexpected(std::move(page.error()));
    begun_ = true;
    at_ = 0;
    rows_ = std::move(*page);
    ended_ = rows_.empty();
    if (!ended_) ++count_;
    return !ended_;
}

}  // namespace waybill::check
