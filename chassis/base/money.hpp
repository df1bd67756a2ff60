#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"

namespace waybill {

/// An active ISO 4217 currency code.
class Currency {
 public:
    /// Three upper-case letters of the ISO 4217 list; nothing else.
    static std::optional<Currency> parse(std::string_view code);
    static Currency usd();

    std::string_view code() const { return {code_, 3}; }
    int digits() const { return digits_; }  ///< of the minor unit: 0, 2, 3 or 4

    Currency() : Currency(usd()) {}
    friend auto operator<=>(const Currency&, const Currency&) = default;

 private:
    Currency(std::string_view code, int digits);
    char code_[4]{};
    std::int8_t digits_ = 2;
};

/// An exact decimal as a client wrote it, before its currency is known: `1299.99` is 129999 with
/// scale 2. Trailing zeros are kept.
struct Decimal {
    std::int64_t unscaled = 0;
    int scale = 0;

    /// Plain decimal notation `-?digits[.digits]`, at most 18 digits; JSON numbers with an
    /// exponent are read exactly too.
    static std::optional<Decimal> parse(std::string_view text);
    std::string to_string() const;
    friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// An exact amount: minor units of a currency.
struct Money {
    std::int64_t minor = 0;
    Currency currency{};

    /// 9,999,999,999.99 in the currency's own digits, the largest price.
    static std::int64_t price_minor_max(Currency);
    /// Pads missing digits; more digits than the currency has, a negative price or one above the
    /// maximum is a validation fault at `pointer`.
    static Result<Money> price(const Decimal&, Currency, std::string_view pointer);

    /// Pads missing digits; nothing when there are more than the currency has, or on overflow.
    static std::optional<Money> exact(const Decimal&, Currency);

    std::string to_string() const;  ///< `1299.99`, without the code
    void append_to(std::string& out) const;
    std::optional<Money> times(std::int64_t n) const;  ///< nothing on overflow
    std::optional<Money> plus(Money other) const;      ///< same currency; nothing on overflow
    friend bool operator==(const Money&, const Money&) = default;
};

}  // namespace waybill
