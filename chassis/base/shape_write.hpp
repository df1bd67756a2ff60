#pragma once
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "chassis/base/fields.hpp"
#include "chassis/base/json_writer.hpp"
#include "chassis/base/names.hpp"
#include "chassis/base/patch.hpp"
#include "chassis/base/raw_json.hpp"

namespace waybill::json {

template <Shaped T>
void put(Writer& out, const T& value);

inline void put(Writer& out, const std::string& text) {
    out.string(text);
}
inline void put(Writer& out, const Uuid& id) {
    out.uuid(id);
}
inline void put(Writer& out, const Timestamp& time) {
    out.time(time);
}
inline void put(Writer& out, const Money& amount) {
    out.money(amount);
}
inline void put(Writer& out, const Currency& currency) {
    out.string(currency.code());
}
inline void put(Writer& out, const RawJson& json) {
    out.raw(json.text.empty() ? std::string_view("null") : json.text);
}
inline void put(Writer& out, const Decimal& decimal) {
    out.string(decimal.to_string());
}
inline void put(Writer& out, const std::map<std::string, std::string>& map) {
    out.begin_object();
    for (const auto& [name, text] : map) out.key(name).string(text);
    out.end_object();
}
template <class T>
    requires std::is_arithmetic_v<T>
void put(Writer& out, const T& value) {
    if constexpr (std::same_as<T, bool>)
        out.boolean(value);
    else
        out.number(value);
}
template <class Tag>
void put(Writer& out, const Id<Tag>& id) {
    out.uuid(id.value);
}
template <Named E>
void put(Writer& out, const E& value) {
    out.string(word_of(value));
}
template <class T>
void put(Writer& out, const std::optional<T>& value) {
    value ? put(out, *value) : static_cast<void>(out.null());
}
template <class T>
void put(Writer& out, const Patch<T>& value) {
    value.has_value() ? put(out, value.value()) : static_cast<void>(out.null());
}
template <class T>
void put(Writer& out, const std::vector<T>& values) {
    out.begin_array();
    for (const T& value : values) put(out, value);
    out.end_array();
}

template <class T, class S, class M, class... Rules>
void put_member(Writer& out, const T& value, const Field<S, M, Rules...>& field) {
    const M& member = value.*field.member;
    if constexpr (requires { member.is_absent(); }) {
        if (member.is_absent()) return;
    } else if constexpr (has_rule<OmitAbsent, Rules...>) {
        if (!member.has_value()) return;
    }
    out.plain_key(field.name);
    put(out, member);
}

template <Shaped T>
void put(Writer& out, const T& value) {
    static constexpr auto described = shape(Type<T>{});
    out.begin_object();
    std::apply([&](const auto&... field) { (put_member(out, value, field), ...); }, described.list);
    out.end_object();
}

/// Appends the value as its shape says.
template <class T>
void write(const T& value, Writer& out) {
    put(out, value);
}

/// The value as compact JSON. Absent optional members are `null`, unless their field says
/// `omit_absent`; absent members of a patch are left out.
template <class T>
std::string write(const T& value) {
    std::string text;
    text.reserve(512);
    Writer out(text);
    put(out, value);
    return text;
}

}  // namespace waybill::json
