#pragma once
#include <concepts>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "chassis/base/fields.hpp"
#include "chassis/base/schema.hpp"
#include "chassis/base/shape_read.hpp"

namespace waybill::json {

template <class T>
void put_object_schema(Writer& out, Side side, bool nullable);

/// The words a field is limited to; all of an enumeration, none for other types.
template <class T, class... Rules>
std::vector<std::string_view> words_allowed(const Rules&... rules) {
    std::vector<std::string_view> texts;
    const auto note = [&]<class Rule>(const Rule& rule) {
        if constexpr (is_one_of<Rule>) texts.assign(rule.texts.begin(), rule.texts.end());
    };
    (note(rules), ...);
    if constexpr (Named<T>) {
        if (texts.empty())
            for (const auto& word : names(Type<T>{})) texts.push_back(word.text);
    }
    return texts;
}

/// Writes one schema. `whole` is false for the elements of a list, whose rules are the list's.
template <class T>
struct Describe {
    template <class... Rules>
    static void to(Writer& out, Side side, bool nullable, bool whole, const Rules&... rules) {
        out.begin_object();
        if constexpr (Shaped<T>) {
            put_object_schema<T>(out, side, nullable);
        } else if constexpr (Named<T>) {
            put_type(out, "string", nullable);
        } else if constexpr (std::same_as<T, std::map<std::string, std::string>>) {
            put_type(out, "object", nullable);
        } else if constexpr (!std::same_as<T, RawJson>) {
            put_plain(out, plain_schema(Type<T>{}), nullable, side);
        }
        put_enum(out, words_allowed<T>(rules...), nullable);
        const auto put_fitting = [&]<class Rule>(const Rule& rule) {
            if (whole || !about_presence<Rule>) put_rule(out, rule);
        };
        (put_fitting(rules), ...);
        out.end_object();
    }
};
template <class T>
struct Describe<std::optional<T>> {
    template <class... Rules>
    static void to(Writer& out, Side side, bool, bool whole, const Rules&... rules) {
        Describe<T>::to(out, side, true, whole, rules...);
    }
};
template <class T>
struct Describe<Patch<T>> {
    template <class... Rules>
    static void to(Writer& out, Side side, bool, bool whole, const Rules&... rules) {
        Describe<T>::to(out, side, !has_rule<NeverNull, Rules...>, whole, rules...);
    }
};
template <class T>
struct Describe<std::vector<T>> {
    template <class... Rules>
    static void to(Writer& out, Side side, bool nullable, bool, const Rules&... rules) {
        out.begin_object();
        put_type(out, "array", nullable);
        const auto put_own = [&]<class Rule>(const Rule& rule) {
            if constexpr (about_presence<Rule>) put_rule(out, rule);
        };
        (put_own(rules), ...);
        out.plain_key("items");
        Describe<T>::to(out, side, false, false, rules...);
        out.end_object();
    }
};

template <class T>
void put_object_schema(Writer& out, Side side, bool nullable) {
    static constexpr auto described = shape(Type<T>{});
    put_type(out, "object", nullable);
    out.plain_key("properties").begin_object();
    const auto put_field = [&]<class S, class M, class... Rules>(const Field<S, M, Rules...>& f) {
        constexpr bool nullable_by_rule = has_rule<Optional, Rules...>;
        out.plain_key(f.name);
        std::apply(
            [&](const Rules&... rules) {
                Describe<M>::to(out, side, side == Side::input && nullable_by_rule, true, rules...);
            },
            f.rules);
    };
    std::apply([&](const auto&... field) { (put_field(field), ...); }, described.list);
    out.end_object();
    out.plain_key("required").begin_array();
    const auto put_required =
        [&]<class S, class M, class... Rules>(const Field<S, M, Rules...>& f) {
            constexpr bool omitted = has_rule<OmitAbsent, Rules...>;
            if (side == Side::input ? !may_be_absent<M, Rules...> : !omitted) out.string(f.name);
        };
    std::apply([&](const auto&... field) { (put_required(field), ...); }, described.list);
    out.end_array();
    if (side == Side::input) out.plain_key("additionalProperties").boolean(false);
}

/// The JSON Schema (2020-12, as OpenAPI 3.1 takes it) of a T that is read: a request's body.
template <class T>
std::string schema() {
    std::string text;
    Writer out(text);
    Describe<T>::to(out, Side::input, false, true);
    return text;
}

/// The JSON Schema of a T that is written: an answer or an event. It allows members to be added.
template <class T>
std::string output_schema() {
    std::string text;
    Writer out(text);
    Describe<T>::to(out, Side::output, false, true);
    return text;
}

}  // namespace waybill::json
