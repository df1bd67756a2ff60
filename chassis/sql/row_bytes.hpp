#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "chassis/base/uuid.hpp"
#include "chassis/sql/row_buffer.hpp"

namespace waybill::sql {

/// How a type is kept in a column: its ColumnType, and how it goes into a cell and comes back.
/// `get` answers false for a cell that holds no such value.
template <class V>
struct ValueOf;

template <>
struct ValueOf<Uuid> {
    static constexpr ColumnType type = ColumnType::uuid;
    static void put(RowBuffer& out, const Uuid& value, Keep keep) { out.bytes(value.raw(), keep); }
    static bool get(const Cell& cell, Uuid& value);
};

template <class Tag>
struct ValueOf<Id<Tag>> {
    static constexpr ColumnType type = ColumnType::uuid;
    static void put(RowBuffer& out, const Id<Tag>& id, Keep keep) {
        out.bytes(id.value.raw(), keep);
    }
    static bool get(const Cell& cell, Id<Tag>& id) { return ValueOf<Uuid>::get(cell, id.value); }
};

/// A digest or other bytes of a fixed length.
template <std::size_t N>
struct ValueOf<std::array<std::uint8_t, N>> {
    static constexpr ColumnType type = ColumnType::blob;
    static void put(RowBuffer& out, const std::array<std::uint8_t, N>& value, Keep keep) {
        out.bytes({reinterpret_cast<const char*>(value.data()), N}, keep);
    }
    static bool get(const Cell& cell, std::array<std::uint8_t, N>& value) {
        return get_bytes(cell, value.data(), N);
    }
};

}  // namespace waybill::sql
