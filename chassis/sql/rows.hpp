#pragma once
#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "chassis/sql/columns.hpp"
#include "chassis/sql/typed_table.hpp"

namespace waybill::sql {

/// The described row: encodes and decodes through its tuple of columns.
template <class T, class... Columns>
class TupleCodec final : public RowCodec<T> {
 public:
    TupleCodec(std::string_view name, Columns... columns)
        : described_{Column{columns.name, ValueOf<ValueIn<Columns>>::type,
                            is_nullable<ValueIn<Columns>>}...},
          columns_(std::move(columns)...) {
        constexpr std::array is_key{Columns::is_key...};
        static_assert(is_key.front() && std::ranges::is_sorted(is_key, std::greater<>{}),
                      "key() columns come first, at least one");
        constexpr auto keys = static_cast<std::size_t>(std::ranges::count(is_key, true));
        this->table = TableDef{name, described_, keys};
    }
    void encode(const T& row, RowBuffer& out) const override {
        std::apply([&](const auto&... column) { (column.put(row, out), ...); }, columns_);
    }
    std::size_t decode(std::span<const Cell> cells, T& row) const override {
        std::size_t index = 0;
        const bool whole = std::apply(
            [&](const auto&... column) { return (column.get(cells[index++], row) && ...); },
            columns_);
        return whole ? RowCodec<T>::decoded : index - 1;
    }

 private:
    template <class C>
    using ValueIn = typename C::template Value<T>;
    std::array<Column, sizeof...(Columns)> described_;
    std::tuple<Columns...> columns_;
};

/// Describes the rows of `T` once; made once, kept for ever, beside the type's shape:
/// `const TypedTable<Order>& order_rows() { static const auto rows = table<Order>("orders",
/// key("id", &Order::id), column("currency", &Order::total_amount, &Money::currency), …); … }`.
/// Keys come first. T is default constructible.
template <class T, class... Columns>
TypedTable<T> table(std::string_view name, Columns... columns) {
    return TypedTable<T>(
        std::make_unique<const TupleCodec<T, Columns...>>(name, std::move(columns)...));
}

}  // namespace waybill::sql
