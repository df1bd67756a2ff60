#include "chassis/base/json.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace waybill::json {
namespace {

/// The integral value of a JSON number with a fraction or an exponent.
std::optional<std::int64_t> exact_integer(std::string_view text) {
    std::optional<Decimal> decimal = Decimal::parse(text);
    if (!decimal) return std::nullopt;
    for (; decimal->scale > 0; --decimal->scale, decimal->unscaled /= 10)
        if (decimal->unscaled % 10 != 0) return std::nullopt;
    return decimal->unscaled;
}

}  // namespace

std::string_view Value::text() const {
    if (kind_ != Kind::string && kind_ != Kind::number) return {};
    return {text_, size_};
}

std::span<const Value> Value::items() const {
    if (kind_ != Kind::array) return {};
    return {items_, size_};
}

std::span<const Member> Value::members() const {
    if (kind_ != Kind::object) return {};
    return {members_, size_};
}

const Value* Value::find(std::string_view name) const {
    for (const Member& member : members())
        if (member.name == name) return &member.value;
    return nullptr;
}

std::string_view Value::text_at(std::string_view name) const {
    const Value* value = find(name);
    return value != nullptr && value->is_string() ? value->text() : std::string_view();
}

std::optional<std::int64_t> Value::as_int64() const {
    if (kind_ != Kind::number) return std::nullopt;
    const std::string_view digits = text();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (end != digits.data() + digits.size()) return exact_integer(digits);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<Decimal> Value::as_decimal() const {
    return kind_ == Kind::number ? Decimal::parse(text()) : std::nullopt;
}

std::optional<double> Value::as_double() const {
    if (kind_ != Kind::number) return std::nullopt;
    const std::string_view digits = text();
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

bool Value::equal(const Value& a, const Value& b) {
    if (a.kind_ != b.kind_ || a.size_ != b.size_) return false;
    switch (a.kind_) {
        case Kind::null:
        case Kind::boolean:
            return true;
        case Kind::number:
        case Kind::string:
            return a.text() == b.text();
        case Kind::array:
            return std::ranges::equal(a.items(), b.items());
        case Kind::object:
            return std::ranges::equal(
                a.members(), b.members(), [](const Member& left, const Member& right) {
                    return left.name == right.name && left.value == right.value;
                });
    }
    return false;
}

std::string to_text(const Value& value) {
    std::string out;
    Writer(out).value(value);
    return out;
}

}  // namespace waybill::json
