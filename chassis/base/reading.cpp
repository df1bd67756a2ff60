#include "chassis/base/reading.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace waybill::json {
namespace {

void append_pointer(std::string& out, const Place& place) {
    if (place.above == nullptr) return;
    append_pointer(out, *place.above);
    out.push_back('/');
    if (place.element) {
        out += std::to_string(place.index);
        return;
    }
    for (const char c : place.name) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out.push_back(c);
    }
}

/// `1 to 100`, `at most 100`, `at least 1`, `exactly 3`.
template <class N>
std::string bounds_text(N min, N max, N all_min, N all_max) {
    if (min == max) return fmt::format("exactly {}", min);
    if (min == all_min) return fmt::format("at most {}", max);
    if (max == all_max) return fmt::format("at least {}", min);
    return fmt::format("{} to {}", min, max);
}
std::string size_text(std::size_t min, std::size_t max) {
    return bounds_text(min, max, std::size_t{0}, SIZE_MAX);
}

}  // namespace

std::string Place::pointer() const {
    std::string out;
    append_pointer(out, *this);
    return out;
}

bool Reading::fault(const Place& at, std::string message) {
    if (faults_.size() < faults_max) faults_.push_back({at.pointer(), std::move(message)});
    return false;
}

Error Reading::error() && {
    Error error(Problem::validation_failed,
                faults_.size() == 1 ? std::string("The input has a fault.")
                                    : fmt::format("The input has {} faults.", faults_.size()));
    error.faults = std::move(faults_);
    return error;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

bool take(const Value& value, std::string& out, const Place& at, Reading& reading) {
    if (!value.is_string()) return reading.fault(at, "must be a string");
    out = value.text();
    // PostgreSQL cannot hold it, and C interfaces would cut the text there.
    if (out.find('\0') != std::string::npos) return reading.fault(at, "must not hold U+0000");
    return true;
}

bool take(const Value& value, bool& out, const Place& at, Reading& reading) {
    if (!value.is_boolean()) return reading.fault(at, "must be true or false");
    out = value.boolean();
    return true;
}

bool take(const Value& value, double& out, const Place& at, Reading& reading) {
    const std::optional<double> number = value.as_double();
    if (!number) return reading.fault(at, "must be a number");
    out = *number;
    return true;
}

bool take(const Value& value, Uuid& out, const Place& at, Reading& reading) {
    const auto id = value.is_string() ? Uuid::parse(value.text()) : std::nullopt;
    if (!id) return reading.fault(at, "must be a UUID");
    out = *id;
    return true;
}

bool take(const Value& value, Timestamp& out, const Place& at, Reading& reading) {
    const auto time = value.is_string() ? Timestamp::parse(value.text()) : std::nullopt;
    if (!time) return reading.fault(at, "must be a time as RFC 3339 writes it");
    out = *time;
    return true;
}

bool take(const Value& value, Decimal& out, const Place& at, Reading& reading) {
    const bool plain =
        value.is_string() && value.text().find_first_of("eE") == std::string_view::npos;
    const auto decimal = plain ? Decimal::parse(value.text()) : value.as_decimal();
    if (!decimal) return reading.fault(at, "must be a decimal number of at most 18 digits");
    out = *decimal;
    return true;
}

bool take(const Value& value, Money& out, const Place& at, Reading& reading) {
    Decimal amount;
    if (!take(value, amount, at, reading)) return false;
    const Reading::InForce& in_force = reading.in_force;
    if (!in_force.currency) return in_force.faulted ? false : reading.fault(at, "needs a currency");
    const Currency currency = *in_force.currency;
    const std::optional<Money> money = Money::exact(amount, currency);
    if (!money)
        return reading.fault(
            at, fmt::format("must be an amount with at most {} decimal digits", currency.digits()));
    out = *money;
    return true;
}

bool take(const Value& value, Currency& out, const Place& at, Reading& reading) {
    const auto currency = value.is_string() ? Currency::parse(value.text()) : std::nullopt;
    if (!currency) return reading.fault(at, "must be an ISO 4217 currency code");
    out = *currency;
    return true;
}

bool take(const Value& value, RawJson& out, const Place&, Reading&) {
    out.text = to_text(value);
    return true;
}

bool take(const Value& value, std::map<std::string, std::string>& out, const Place& at,
          Reading& reading) {
    if (!take_object(value, at, reading)) return false;
    out.clear();
    bool good = true;
    for (const Member& member : value.members()) {
        const Place here{&at, member.name};
        if (member.name.find('\0') != std::string_view::npos)
            good = reading.fault(here, "must not have U+0000 in its name");
        else
            good = take(member.value, out[std::string(member.name)], here, reading) && good;
    }
    return good;
}

bool take_integer(const Value& value, std::int64_t& out, Range all, const Place& at,
                  Reading& reading) {
    const std::optional<std::int64_t> number = value.as_int64();
    if (!number || *number < all.min || *number > all.max)
        return reading.fault(
            at, value.is_number() ? "must be an integer within its range" : "must be an integer");
    out = *number;
    return true;
}

std::optional<std::size_t> take_word(const Value& value, std::span<const std::string_view> words,
                                     const Place& at, Reading& reading) {
    if (value.is_string())
        for (std::size_t i = 0; i < words.size(); ++i)
            if (words[i] == value.text()) return i;
    reading.fault(at, fmt::format("must be one of {}", fmt::join(words, ", ")));
    return std::nullopt;
}

bool take_object(const Value& value, const Place& at, Reading& reading) {
    return value.is_object() || reading.fault(at, "must be an object");
}

bool take_array(const Value& value, std::optional<Count> bounds, const Place& at,
                Reading& reading) {
    if (!value.is_array()) return reading.fault(at, "must be an array");
    const std::size_t count = value.items().size();
    if (!bounds || (count >= bounds->min && count <= bounds->max)) return true;
    return reading.fault(at,
                         fmt::format("must have {} items", size_text(bounds->min, bounds->max)));
}

void hold(const std::string& text, Length rule, const Place& at, Reading& reading) {
    const std::size_t size = characters(text);
    if (size >= rule.min && size <= rule.max) return;
    reading.fault(at, fmt::format("must have {} characters", size_text(rule.min, rule.max)));
}

void hold(const std::string& text, Printable, const Place& at, Reading& reading) {
    const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
    if (!std::all_of(text.begin(), text.end(), is_printable))
        reading.fault(at, "must have printable ASCII characters only");
}

void hold(const std::string& text, PatternCurrency, const Place& at, Reading& reading) {
    if (!Currency::parse(text)) reading.fault(at, "must be an ISO 4217 currency code");
}

void hold(const Money& amount, Priced, const Place& at, Reading& reading) {
    const Money largest{Money::price_minor_max(amount.currency), amount.currency};
    if (amount.minor < 0 || amount.minor > largest.minor)
        reading.fault(at, fmt::format("must be a price of 0 to {}", largest.to_string()));
}

void hold(const std::map<std::string, std::string>& map, Strings rule, const Place& at,
          Reading& reading) {
    if (map.size() > rule.count_max)
        reading.fault(at, fmt::format("must have at most {} entries", rule.count_max));
    for (const auto& [name, text] : map) {
        const Place here{&at, name};
        if (name.empty() || characters(name) > rule.key_max)
            reading.fault(here,
                          fmt::format("must have a name of 1 to {} characters", rule.key_max));
        if (characters(text) > rule.value_max)
            reading.fault(here, fmt::format("must have at most {} characters", rule.value_max));
    }
}

void hold_range(std::int64_t value, Range rule, const Place& at, Reading& reading) {
    if (value >= rule.min && value <= rule.max) return;
    reading.fault(at,
                  fmt::format("must be {}", bounds_text(rule.min, rule.max, INT64_MIN, INT64_MAX)));
}

void hold_one_of(std::string_view text, std::span<const std::string_view> texts, const Place& at,
                 Reading& reading) {
    if (std::find(texts.begin(), texts.end(), text) == texts.end())
        reading.fault(at, fmt::format("must be one of {}", fmt::join(texts, ", ")));
}

}  // namespace waybill::json
