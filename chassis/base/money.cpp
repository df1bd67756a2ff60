#include "chassis/base/money.hpp"

#include <fmt/format.h>

#include <array>

namespace waybill {
namespace {

constexpr int digits_max = 18;
constexpr std::int64_t price_major_max = 9'999'999'999;
constexpr std::int64_t price_hundredths_max = 99;

constexpr std::array<std::int64_t, digits_max + 1> powers_of_ten = [] {
    std::array<std::int64_t, digits_max + 1> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}();

std::int64_t power_of_ten(int exponent) {
    return powers_of_ten[static_cast<std::size_t>(exponent)];
}

bool is_digit(std::string_view text, std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

/// An exponent as JSON writes it after `e`; far ones are cut, they cannot be exact anyway.
std::optional<int> read_exponent(std::string_view text) {
    std::size_t at = 0;
    const bool negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++at;
    if (!is_digit(text, at)) return std::nullopt;
    int value = 0;
    for (; is_digit(text, at); ++at)
        if (value < 100'000) value = value * 10 + (text[at] - '0');
    if (at != text.size()) return std::nullopt;
    return negative ? -value : value;
}

/// Moves the decimal point by the exponent of a JSON number.
std::optional<Decimal> shifted(Decimal decimal, int exponent) {
    const int scale = decimal.scale - exponent;
    if (scale > digits_max) return std::nullopt;
    if (scale >= 0) return Decimal{decimal.unscaled, scale};
    if (decimal.unscaled == 0) return Decimal{0, 0};
    if (-scale > digits_max) return std::nullopt;
    std::int64_t unscaled = 0;
    if (__builtin_mul_overflow(decimal.unscaled, power_of_ten(-scale), &unscaled) ||
        unscaled >= power_of_ten(digits_max) || unscaled <= -power_of_ten(digits_max))
        return std::nullopt;
    return Decimal{unscaled, 0};
}

void append_decimal(std::string& out, const Decimal& decimal) {
    const bool negative = decimal.unscaled < 0;
    auto left = static_cast<std::uint64_t>(decimal.unscaled);
    if (negative) left = 0 - left;
    std::array<char, 32> text;
    std::size_t at = text.size();
    for (int place = 0; left != 0 || place <= decimal.scale; ++place, left /= 10) {
        if (place == decimal.scale && place != 0) text[--at] = '.';
        text[--at] = static_cast<char>('0' + left % 10);
    }
    if (negative) text[--at] = '-';
    out.append(text.data() + at, text.size() - at);
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
    std::size_t at = 0;
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) ++at;
    if (!is_digit(text, at) || (text[at] == '0' && is_digit(text, at + 1))) return std::nullopt;
    Decimal decimal;
    const auto take_digits = [&] {
        const std::size_t begin = at;
        for (; is_digit(text, at); ++at) {
            if (decimal.unscaled >= power_of_ten(digits_max - 1)) return false;
            decimal.unscaled = decimal.unscaled * 10 + (text[at] - '0');
        }
        return at > begin;
    };
    if (!take_digits()) return std::nullopt;
    if (at < text.size() && text[at] == '.') {
        const std::size_t point = ++at;
        if (!take_digits() || at - point > digits_max) return std::nullopt;
        decimal.scale = static_cast<int>(at - point);
    }
    if (negative) decimal.unscaled = -decimal.unscaled;
    if (at == text.size()) return decimal;
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    const std::optional<int> exponent = read_exponent(text.substr(at + 1));
    return exponent ? shifted(decimal, *exponent) : std::nullopt;
}

std::string Decimal::to_string() const {
    std::string out;
    append_decimal(out, *this);
    return out;
}

std::int64_t Money::price_minor_max(Currency currency) {
    const int digits = currency.digits();
    const std::int64_t fraction = digits >= 2 ? price_hundredths_max * power_of_ten(digits - 2) : 0;
    return price_major_max * power_of_ten(digits) + fraction;
}

std::optional<Money> Money::exact(const Decimal& amount, Currency currency) {
    const int missing = currency.digits() - amount.scale;
    std::int64_t minor = 0;
    if (missing < 0 || __builtin_mul_overflow(amount.unscaled, power_of_ten(missing), &minor))
        return std::nullopt;
    return Money{minor, currency};
}

Result<Money> Money::price(const Decimal& amount, Currency currency, std::string_view pointer) {
    if (amount.scale > currency.digits())
        return invalid(std::string(pointer),
                       fmt::format("must have at most {} decimal digits in {}", currency.digits(),
                                   currency.code()));
    const std::optional<Money> price = exact(amount, currency);
    const Money largest{price_minor_max(currency), currency};
    if (!price || price->minor < 0 || price->minor > largest.minor)
        return invalid(std::string(pointer),
                       fmt::format("must be a price of 0 to {}", largest.to_string()));
    return *price;
}

std::string Money::to_string() const {
    return Decimal{minor, currency.digits()}.to_string();
}

void Money::append_to(std::string& out) const {
    out += to_string();
}

std::optional<Money> Money::times(std::int64_t n) const {
    Money product{0, currency};
    if (__builtin_mul_overflow(minor, n, &product.minor)) return std::nullopt;
    return product;
}

std::optional<Money> Money::plus(Money other) const {
    Money sum{0, currency};
    if (other.currency != currency || __builtin_add_overflow(minor, other.minor, &sum.minor))
        return std::nullopt;
    return sum;
}

}  // namespace waybill
