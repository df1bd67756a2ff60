#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "chassis/sql/arena.hpp"
#include "chassis/sql/session.hpp"

namespace waybill::sql {

/// Whether a buffer may look at a value where it is, or has to copy it.
enum class Keep : std::uint8_t { view, copy };

/// Cells for a bulk statement, row-major, with room for those whose value is a temporary. What is
/// put in as a view must live as long as the cells are used.
class RowBuffer {
 public:
    void null() { cells_.emplace_back(std::monostate{}); }
    void integer(std::int64_t value) { cells_.emplace_back(value); }
    void text(std::string_view value, Keep keep) {
        cells_.emplace_back(keep == Keep::copy ? arena_.copy(value) : value);
    }
    void bytes(std::string_view value, Keep keep) {
        cells_.emplace_back(Bytes(keep == Keep::copy ? arena_.copy(value) : value));
    }

    std::span<const Cell> cells() const { return cells_; }
    void reserve(std::size_t cells) { cells_.reserve(cells); }
    void clear() {
        cells_.clear();
        arena_.clear();
    }

 private:
    std::vector<Cell> cells_;
    Arena arena_;
};

/// Copies bytes of exactly this length; false when the cell holds no such.
bool get_bytes(const Cell& cell, std::uint8_t* out, std::size_t size);
/// Ids or texts (`Keys::of`) as the values of a bulk statement.
std::vector<Cell> cells_of(std::span<const std::string_view> values);

}  // namespace waybill::sql
