#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "chassis/base/money.hpp"
#include "chassis/base/names.hpp"
#include "chassis/base/raw_json.hpp"
#include "chassis/base/time.hpp"
#include "chassis/sql/row_bytes.hpp"

namespace waybill::sql {

template <std::integral V>
struct ValueOf<V> {
    static constexpr ColumnType type = ColumnType::integer;
    static void put(RowBuffer& out, V value, Keep) {
        out.integer(static_cast<std::int64_t>(value));
    }
    static bool get(const Cell& cell, V& value) {
        const auto* number = std::get_if<std::int64_t>(&cell);
        if (number == nullptr || !std::in_range<V>(*number)) return false;
        value = static_cast<V>(*number);
        return true;
    }
};

template <>
struct ValueOf<bool> {
    static constexpr ColumnType type = ColumnType::boolean;
    static void put(RowBuffer& out, bool value, Keep) { out.integer(value ? 1 : 0); }
    static bool get(const Cell& cell, bool& value);
};

template <>
struct ValueOf<Timestamp> {
    static constexpr ColumnType type = ColumnType::timestamp;
    static void put(RowBuffer& out, Timestamp value, Keep) { out.integer(value.us); }
    static bool get(const Cell& cell, Timestamp& value) {
        return ValueOf<std::int64_t>::get(cell, value.us);
    }
};

/// The minor units alone: the currency is a column of its own and is left as it is.
template <>
struct ValueOf<Money> {
    static constexpr ColumnType type = ColumnType::integer;
    static void put(RowBuffer& out, const Money& value, Keep) { out.integer(value.minor); }
    static bool get(const Cell& cell, Money& value) {
        return ValueOf<std::int64_t>::get(cell, value.minor);
    }
};

template <>
struct ValueOf<std::string_view> {
    static constexpr ColumnType type = ColumnType::text;
    static void put(RowBuffer& out, std::string_view value, Keep keep) { out.text(value, keep); }
    static bool get(const Cell& cell, std::string_view& value);
};

template <>
struct ValueOf<std::string> {
    static constexpr ColumnType type = ColumnType::text;
    static void put(RowBuffer& out, const std::string& value, Keep keep) { out.text(value, keep); }
    static bool get(const Cell& cell, std::string& value);
};

template <>
struct ValueOf<RawJson> {
    static constexpr ColumnType type = ColumnType::text;
    static void put(RowBuffer& out, const RawJson& value, Keep keep) { out.text(value.text, keep); }
    static bool get(const Cell& cell, RawJson& value) {
        return ValueOf<std::string>::get(cell, value.text);
    }
};

/// Its three letters.
template <>
struct ValueOf<Currency> {
    static constexpr ColumnType type = ColumnType::text;
    static void put(RowBuffer& out, const Currency& value, Keep keep) {
        out.text(value.code(), keep);
    }
    static bool get(const Cell& cell, Currency& value);
};

/// The word of an enumeration that has a names() table.
template <Named E>
struct ValueOf<E> {
    static constexpr ColumnType type = ColumnType::text;
    static void put(RowBuffer& out, E value, Keep) { out.text(word_of(value), Keep::view); }
    static bool get(const Cell& cell, E& value) {
        std::string_view word;
        if (!ValueOf<std::string_view>::get(cell, word)) return false;
        const auto known = from_word<E>(word);
        if (known) value = *known;
        return known.has_value();
    }
};

/// NULL when absent.
template <class V>
struct ValueOf<std::optional<V>> {
    static constexpr ColumnType type = ValueOf<V>::type;
    static constexpr bool nullable = true;
    static void put(RowBuffer& out, const std::optional<V>& value, Keep keep) {
        value ? ValueOf<V>::put(out, *value, keep) : out.null();
    }
    static bool get(const Cell& cell, std::optional<V>& value) {
        value.reset();
        return is_null(cell) || ValueOf<V>::get(cell, value.emplace());
    }
};

template <class V>
constexpr bool is_nullable = requires { ValueOf<V>::nullable; };

}  // namespace waybill::sql
