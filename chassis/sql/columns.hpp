#pragma once
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "chassis/sql/row_values.hpp"

namespace waybill::sql {

/// A column kept in a member, or in a member of a member.
template <bool Key, class... Path>
struct MemberColumn {
    static constexpr bool is_key = Key;
    template <class T>
    using Value = std::remove_cvref_t<decltype((std::declval<T&>().*....*std::declval<Path>()))>;

    std::string_view name;
    std::tuple<Path...> path;

    template <class T>
    void put(const T& row, RowBuffer& out) const {
        ValueOf<Value<T>>::put(out, at(row), Keep::view);
    }
    template <class T>
    bool get(const Cell& cell, T& row) const {
        return ValueOf<Value<T>>::get(cell, at(row));
    }

 private:
    template <class T>
    auto& at(T& row) const {
        return std::apply([&](auto... step) -> auto& { return (row.*....*step); }, path);
    }
};

/// A column that is computed: `get(const T&)`, and `set(T&, value)` when a row is read.
template <bool Key, class Get, class Set>
struct ComputedColumn {
    static constexpr bool is_key = Key;
    template <class T>
    using Got = std::invoke_result_t<const Get&, const T&>;
    template <class T>
    using Value = std::remove_cvref_t<Got<T>>;

    std::string_view name;
    Get getter;
    Set setter;

    template <class T>
    void put(const T& row, RowBuffer& out) const {
        constexpr bool stays =
            std::is_reference_v<Got<T>> || std::is_same_v<Value<T>, std::string_view>;
        ValueOf<Value<T>>::put(out, getter(row), stays ? Keep::view : Keep::copy);
    }
    template <class T>
    bool get(const Cell& cell, T& row) const {
        Value<T> value{};
        if (!ValueOf<Value<T>>::get(cell, value)) return false;
        if constexpr (std::is_same_v<decltype(setter(row, std::move(value))), bool>) {
            return setter(row, std::move(value));
        } else {
            setter(row, std::move(value));
            return true;
        }
    }
};

/// A key column in a member (`&Order::id`), or in a member of a member.
template <class... Path>
    requires(std::is_member_object_pointer_v<Path> && ...)
constexpr auto key(std::string_view name, Path... path) {
    return MemberColumn<true, Path...>{name, {path...}};
}
/// Any other column in a member, or in a member of a member (`&Order::total, &Money::currency`).
template <class... Path>
    requires(std::is_member_object_pointer_v<Path> && ...)
constexpr auto column(std::string_view name, Path... path) {
    return MemberColumn<false, Path...>{name, {path...}};
}

/// A key that is computed: `getter(const T&)` gives the value, `setter(T&, value)` takes it back.
/// A setter may answer false: the cell holds no such value.
template <class Get, class Set>
    requires(!std::is_member_object_pointer_v<Get>)
constexpr auto key(std::string_view name, Get getter, Set setter) {
    return ComputedColumn<true, Get, Set>{name, std::move(getter), std::move(setter)};
}
/// As the computed key, for any other column (JSON texts: a getter that renders, a setter that
/// parses). A getter's reference or string_view is looked at in place; other values are copied.
template <class Get, class Set>
    requires(!std::is_member_object_pointer_v<Get>)
constexpr auto column(std::string_view name, Get getter, Set setter) {
    return ComputedColumn<false, Get, Set>{name, std::move(getter), std::move(setter)};
}

}  // namespace waybill::sql
