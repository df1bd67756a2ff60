#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "chassis/base/uuid.hpp"
#include "chassis/sql/session.hpp"

namespace waybill::check {

/// A row as it is found. A cell of another kind than is asked for reads as something that no sound
/// row holds, so that the judgement names the row; nothing throws.
class Row {
 public:
    static constexpr std::int64_t no_number = std::numeric_limits<std::int64_t>::min();
    explicit Row(std::span<const sql::Cell> cells) : cells_(cells) {}

    std::int64_t number(std::size_t column, std::int64_t otherwise = no_number) const;
    std::string_view text(std::size_t column) const;  ///< also the bytes of a blob
    Uuid id(std::size_t column) const;                ///< nil when it is none
    bool null(std::size_t column) const { return sql::is_null(cells_[column]); }

 private:
    std::span<const sql::Cell> cells_;
};

/// A parameter of a stream's statement: the value that the last row of the page before had in this
/// column, and what comes before all values.
struct StreamKey {
    enum class Kind : std::uint8_t { number, text, id };
    Kind kind = Kind::number;
    std::size_t column = 0;
};
constexpr StreamKey number_key(std::size_t column) {
    return {StreamKey::Kind::number, column};
}
constexpr StreamKey text_key(std::size_t column) {
    return {StreamKey::Kind::text, column};
}
constexpr StreamKey id_key(std::size_t column) {
    return {StreamKey::Kind::id, column};
}

/// The rows of a statement in the order of a key, a page in memory at a time. The statement's
/// parameters are the keys (where the page before ended), then the size of a page.
class Stream {
 public:
    Stream(sql::Session& session, std::string_view statement, std::vector<StreamKey> keys,
           std::size_t page_rows);

    /// Moves to the next row, the first one at first. False at the end, and ever after.
    sql::Result<bool> next();
    bool ended() const { return ended_; }
    /// The row in hand, until the next call of next().
    Row row() const { return Row(rows_.row(at_)); }
    std::uint64_t count() const { return count_; }

 private:
    sql::Result<bool> next_page();
    sql::Session& session_;
    std::string_view statement_;
    std::vector<StreamKey> keys_;
    std::size_t page_rows_;
    sql::Rows rows_;
    std::size_t at_ = 0;
    std::uint64_t count_ = 0;
    bool begun_ = false;
    bool ended_ = false;
};

/// Calls `judge(Row)` for every row that is left; stops at the first failure, also of `judge` when
/// it answers a Status.
template <class F>
sql::Status for_each(Stream& stream, F judge) {
    for (;;) {
        auto there = stream.next();
        if (!there) return tl::unexpected(std::move(there.error()));
        if (!*there) return {};
        if constexpr (std::is_void_v<std::invoke_result_t<F&, Row>>) {
            judge(stream.row());
        } else {
            if (sql::Status done = judge(stream.row()); !done) return done;
        }
    }
}

/// As Stream::next, for those who look at ended().
inline sql::Status step(Stream& stream) {
    auto there = stream.next();
    if (!there) return tl::unexpected(std::move(there.error()));
    return {};
}

}  // namespace waybill::check
