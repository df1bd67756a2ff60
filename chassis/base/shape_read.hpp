#pragma once
#include <array>
#include <concepts>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "chassis/base/error.hpp"
#include "chassis/base/fields.hpp"
#include "chassis/base/json.hpp"
#include "chassis/base/shape_take.hpp"

namespace waybill::json {

template <class T>
inline constexpr bool absent_by_type = false;
template <class T>
inline constexpr bool absent_by_type<std::optional<T>> = true;
template <class T>
inline constexpr bool absent_by_type<Patch<T>> = true;
template <class M, class... Rules>
inline constexpr bool may_be_absent =
    absent_by_type<M> || has_rule<Optional, Rules...> || (is_otherwise<Rules> || ...);

/// Gives an absent member its default.
template <class M, class Rule>
void apply_default(M& target, const Rule& rule) {
    if constexpr (is_otherwise<Rule>) {
        if constexpr (Named<M> && std::same_as<decltype(rule.value), std::string_view>)
            target = from_word<M>(rule.value).value();
        else
            target = M(rule.value);
    }
}

template <class T, class S, class M, class... Rules>
void settle_absent(T& out, const Place& at, Reading& reading, const Field<S, M, Rules...>& field) {
    std::apply([&](const Rules&... rule) { (apply_default(out.*field.member, rule), ...); },
               field.rules);
    if constexpr (!may_be_absent<M, Rules...>) reading.fault(at, "is required");
}

template <class T, class S, class M, class... Rules>
void take_member(const Value& value, T& out, const Place& at, Reading& reading,
                 const Field<S, M, Rules...>& field) {
    if constexpr (may_be_absent<M, Rules...> && !absent_by_type<M>)
        if (value.is_null()) return settle_absent(out, at, reading, field);
    take_ruled(value, out.*field.member, at, reading, field.rules);
}

/// Finds the currency that the amounts of this struct and those below it are in.
template <class T, class S, class M, class... Rules>
void note_currency(const Value& object, const T& out, Reading& reading,
                   const Field<S, M, Rules...>& field) {
    constexpr bool certain = std::same_as<M, Currency>;
    if constexpr (certain || std::same_as<M, std::optional<Currency>>) {
        const Value* value = object.find(field.name);
        const bool absent = value == nullptr || value->is_null();
        if (absent) {
            if constexpr (certain) reading.in_force = {out.*field.member, false};
        } else {
            const auto currency = Currency::parse(value->is_string() ? value->text() : "");
            reading.in_force = {currency, !currency};
        }
    }
}

template <class T, class... F>
bool take_fields(const Value& value, T& out, const Place& at, Reading& reading, const F&... field) {
    if (!take_object(value, at, reading)) return false;
    const std::size_t faults_before = reading.fault_count();
    const Reading::InForce outer = reading.in_force;
    (note_currency(value, out, reading, field), ...);

    std::array<bool, sizeof...(F)> seen{};
    for (const Member& member : value.members()) {
        const Place here{&at, member.name};
        std::size_t index = 0;
        const auto try_field = [&](const auto& candidate) {
            if (candidate.name != member.name) return ++index, false;
            seen[index] = true;
            take_member(member.value, out, here, reading, candidate);
            return true;
        };
        if (!(try_field(field) || ...)) reading.unknown_member(here);
    }
    std::size_t index = 0;
    const auto settle = [&](const auto& candidate) {
        if (!seen[index++]) settle_absent(out, Place{&at, candidate.name}, reading, candidate);
    };
    (settle(field), ...);

    reading.in_force = outer;
    return reading.fault_count() == faults_before;
}

template <Shaped T>
bool take(const Value& value, T& out, const Place& at, Reading& reading) {
    static constexpr auto described = shape(Type<T>{});
    return std::apply(
        [&](const auto&... field) { return take_fields(value, out, at, reading, field...); },
        described.list);
}

/// Reads a value as a T by its shape, or tells **all** faults with their pointers
/// (`validation-failed`).
template <class T>
Result<T> read(const Value& value, Unknown unknown = Unknown::refuse) {
    Reading reading(unknown);
    T out{};
    take_ruled(value, out, Place{}, reading, std::tuple<>{});
    if (reading.fault_count() != 0) return fail(std::move(reading).error());
    return out;
}

/// Parses a text (`malformed-json`), then reads it.
template <class T>
Result<T> read(std::string_view text, Unknown unknown = Unknown::refuse, Limits limits = {}) {
    Result<Document> document = parse(text, limits);
    if (!document) return fail(std::move(document.error()));
    return read<T>(document->root(), unknown);
}

}  // namespace waybill::json
