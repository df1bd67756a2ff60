#pragma once
#include <span>
#include <string>
#include <string_view>

#include "chassis/base/fields.hpp"
#include "chassis/base/shape_take.hpp"
#include "chassis/base/shape_write.hpp"

/// The keywords of plain types and rules. Services use shape_schema.hpp.
namespace waybill::json {

/// Which way a schema looks: what is read refuses unknown members and lets optional ones be
/// absent; what is written always has all members and may gain more.
enum class Side : std::uint8_t { input, output };

/// `type`, `format` and `pattern` of a plain type.
struct PlainSchema {
    std::string_view type;
    std::string_view format = {};
    std::string_view pattern = {};
    std::string_view other_type = {};  ///< also accepted
};
inline constexpr std::string_view decimal_pattern = R"(^-?(0|[1-9][0-9]*)(\.[0-9]+)?$)";

constexpr PlainSchema plain_schema(Type<std::string>) {
    return {"string"};
}
constexpr PlainSchema plain_schema(Type<bool>) {
    return {"boolean"};
}
constexpr PlainSchema plain_schema(Type<double>) {
    return {"number"};
}
constexpr PlainSchema plain_schema(Type<std::int32_t>) {
    return {"integer", "int32"};
}
constexpr PlainSchema plain_schema(Type<std::int64_t>) {
    return {"integer", "int64"};
}
constexpr PlainSchema plain_schema(Type<Uuid>) {
    return {"string", "uuid"};
}
constexpr PlainSchema plain_schema(Type<Timestamp>) {
    return {"string", "date-time"};
}
constexpr PlainSchema plain_schema(Type<Currency>) {
    return {"string", {}, "^[A-Z]{3}$"};
}
constexpr PlainSchema plain_schema(Type<Decimal>) {
    return {"string", {}, decimal_pattern, "number"};
}
constexpr PlainSchema plain_schema(Type<Money>) {
    return {"string", {}, decimal_pattern, "number"};
}
template <class Tag>
constexpr PlainSchema plain_schema(Type<Id<Tag>>) {
    return {"string", "uuid"};
}

/// `"type"` and what a plain type says beside it.
void put_plain(Writer& out, const PlainSchema& plain, bool nullable, Side side);
void put_type(Writer& out, std::string_view type, bool nullable);
void put_enum(Writer& out, std::span<const std::string_view> words, bool nullable);

void put_rule(Writer& out, Length rule);
void put_rule(Writer& out, Range rule);
void put_rule(Writer& out, Count rule);
void put_rule(Writer& out, Strings rule);
void put_rule(Writer& out, Printable rule);
void put_rule(Writer& out, PatternCurrency rule);
void put_rule(Writer& out, Doc rule);
inline void put_rule(Writer& out, const Otherwise<std::string_view>& rule) {
    out.plain_key("default").string(rule.value);
}
template <class V>
void put_rule(Writer& out, const Otherwise<V>& rule) {
    out.plain_key("default");
    put(out, rule.value);
}
/// Presence has its place in `required`, words theirs in `enum`.
template <class Rule>
    requires(has_rule<Rule, Optional, NeverNull, OmitAbsent, Priced> || is_one_of<Rule>)
void put_rule(Writer&, const Rule&) {}

}  // namespace waybill::json
