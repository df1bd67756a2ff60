#pragma once
#include <string_view>
#include <tuple>
#include <type_traits>

#include "chassis/base/names.hpp"
#include "chassis/base/rules.hpp"

/// How a type names its members. Services use shape.hpp.
namespace waybill::json {

template <class S, class M, class... Rules>
struct Field {
    std::string_view name;
    M S::* member;
    std::tuple<Rules...> rules;
};
/// One member and its name on the wire, which must need no escaping in JSON.
template <class S, class M, class... Rules>
constexpr Field<S, M, Rules...> field(std::string_view name, M S::* member, Rules... rules) {
    return {name, member, {rules...}};
}

template <class... F>
struct Fields {
    std::tuple<F...> list;
};
template <class... F>
constexpr Fields<F...> fields(F... list) {
    return {{list...}};
}

/// A type with a `shape(Type<T>)` in its own namespace.
template <class T>
concept Shaped = requires { shape(Type<T>{}); };

template <class Rule, class... Rules>
inline constexpr bool has_rule = (std::is_same_v<Rule, Rules> || ...);

}  // namespace waybill::json
