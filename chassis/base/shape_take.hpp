#pragma once
#include <array>
#include <concepts>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "chassis/base/fields.hpp"
#include "chassis/base/patch.hpp"
#include "chassis/base/reading.hpp"

/// Reading of single values and their rules, by type. Services use shape_read.hpp.
namespace waybill::json {

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;

/// Rules that say nothing about a value that is there.
template <class Rule>
inline constexpr bool about_presence =
    has_rule<Rule, Optional, NeverNull, OmitAbsent, Doc, Count> || is_otherwise<Rule>;

template <class T, class Rule>
    requires about_presence<Rule>
void hold(const T&, const Rule&, const Place&, Reading&) {}
template <std::size_t N>
void hold(const std::string& text, const OneOf<N>& rule, const Place& at, Reading& reading) {
    hold_one_of(text, rule.texts, at, reading);
}
template <Named E, std::size_t N>
void hold(E value, const OneOf<N>& rule, const Place& at, Reading& reading) {
    hold_one_of(word_of(value), rule.texts, at, reading);
}
template <Integer I>
void hold(I value, const Range& rule, const Place& at, Reading& reading) {
    hold_range(std::int64_t{value}, rule, at, reading);
}

template <Integer I>
bool take(const Value& value, I& out, const Place& at, Reading& reading) {
    constexpr Range all = range(std::numeric_limits<I>::min(), std::numeric_limits<I>::max());
    std::int64_t number = 0;
    if (!take_integer(value, number, all, at, reading)) return false;
    out = static_cast<I>(number);
    return true;
}
template <class Tag>
bool take(const Value& value, Id<Tag>& out, const Place& at, Reading& reading) {
    return take(value, out.value, at, reading);
}
template <Named E>
bool take(const Value& value, E& out, const Place& at, Reading& reading) {
    static constexpr auto table = names(Type<E>{});
    std::array<std::string_view, table.size()> texts;
    for (std::size_t i = 0; i < table.size(); ++i) texts[i] = table[i].text;
    const std::optional<std::size_t> index = take_word(value, texts, at, reading);
    if (index) out = table[*index].value;
    return index.has_value();
}
template <Shaped T>
bool take(const Value& value, T& out, const Place& at, Reading& reading);

/// Reads a value and holds it against its rules.
template <class T, class... Rules>
void take_ruled(const Value& value, T& out, const Place& at, Reading& reading,
                const std::tuple<Rules...>& rules) {
    if (!take(value, out, at, reading)) return;
    std::apply([&](const Rules&... rule) { (hold(out, rule, at, reading), ...); }, rules);
}
template <class T, class... Rules>
void take_ruled(const Value& value, std::optional<T>& out, const Place& at, Reading& reading,
                const std::tuple<Rules...>& rules) {
    if (value.is_null()) return out.reset();
    take_ruled(value, out.emplace(), at, reading, rules);
}
template <class T, class... Rules>
void take_ruled(const Value& value, Patch<T>& out, const Place& at, Reading& reading,
                const std::tuple<Rules...>& rules) {
    out = value.is_null() ? Patch<T>::null() : Patch<T>(T{});
    if (out.has_value()) return take_ruled(value, out.value(), at, reading, rules);
    if constexpr (has_rule<NeverNull, Rules...>) reading.fault(at, "must not be null");
}
template <class T, class... Rules>
void take_ruled(const Value& value, std::vector<T>& out, const Place& at, Reading& reading,
                const std::tuple<Rules...>& rules) {
    std::optional<Count> bounds;
    if constexpr (has_rule<Count, Rules...>) bounds = std::get<Count>(rules);
    if (!take_array(value, bounds, at, reading)) return;
    out.clear();
    out.reserve(value.items().size());
    for (const Value& item : value.items()) {
        const Place here{&at, {}, out.size(), true};
        take_ruled(item, out.emplace_back(), here, reading, rules);
    }
}

}  // namespace waybill::json
