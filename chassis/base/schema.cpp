#include "chassis/base/schema.hpp"

namespace waybill::json {
namespace {

void put_size(Writer& out, std::string_view name, std::size_t size) {
    out.plain_key(name).number(std::uint64_t{size});
}

}  // namespace

void put_plain(Writer& out, const PlainSchema& plain, bool nullable, Side side) {
    if (plain.other_type.empty() || side == Side::output) {
        put_type(out, plain.type, nullable);
    } else {
        out.plain_key("type").begin_array().string(plain.type).string(plain.other_type);
        if (nullable) out.string("null");
        out.end_array();
    }
    if (!plain.format.empty()) out.plain_key("format").string(plain.format);
    if (!plain.pattern.empty()) out.plain_key("pattern").string(plain.pattern);
}

void put_type(Writer& out, std::string_view type, bool nullable) {
    out.plain_key("type");
    if (nullable)
        out.begin_array().string(type).string("null").end_array();
    else
        out.string(type);
}

void put_enum(Writer& out, std::span<const std::string_view> words, bool nullable) {
    if (words.empty()) return;
    out.plain_key("enum").begin_array();
    for (const std::string_view word : words) out.string(word);
    if (nullable) out.null();
    out.end_array();
}

void put_rule(Writer& out, Length rule) {
    put_size(out, "minLength", rule.min);
    if (rule.max != SIZE_MAX) put_size(out, "maxLength", rule.max);
}

void put_rule(Writer& out, Range rule) {
    out.plain_key("minimum").number(rule.min);
    if (rule.max != INT64_MAX) out.plain_key("maximum").number(rule.max);
}

void put_rule(Writer& out, Count rule) {
    put_size(out, "minItems", rule.min);
    if (rule.max != SIZE_MAX) put_size(out, "maxItems", rule.max);
}

void put_rule(Writer& out, Strings rule) {
    put_size(out, "maxProperties", rule.count_max);
    out.plain_key("propertyNames").begin_object();
    put_size(out, "minLength", 1);
    put_size(out, "maxLength", rule.key_max);
    out.end_object();
    out.plain_key("additionalProperties").begin_object();
    out.plain_key("type").string("string");
    put_size(out, "maxLength", rule.value_max);
    out.end_object();
}

void put_rule(Writer& out, Printable) {
    out.plain_key("pattern").string("^[ -~]*$");
}

void put_rule(Writer& out, PatternCurrency) {
    out.plain_key("pattern").string("^[A-Z]{3}$");
}

void put_rule(Writer& out, Doc rule) {
    out.plain_key("description").string(rule.text);
}

}  // namespace waybill::json
