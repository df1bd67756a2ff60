#include "chassis/base/money.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace waybill {
namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

TEST(Currency, RefusesWhatIsNoActiveCode) {
    for (const char* code :
         {"", "US", "usd", "USDX", "XYZ", "DEM", "HRK", "XTS", "XAU", "U D", "   "})
        EXPECT_FALSE(Currency::parse(code)) << code;
}

TEST(Currency, KnowsTheDigitsOfTheMinorUnit) {
    EXPECT_EQ(Currency::parse("JPY")->digits(), 0);
    EXPECT_EQ(Currency::parse("XPF")->digits(), 0);
    EXPECT_EQ(Currency::parse("AED")->digits(), 2);
    EXPECT_EQ(Currency::parse("ZWG")->digits(), 2);
    EXPECT_EQ(Currency::parse("KWD")->digits(), 3);
    EXPECT_EQ(Currency::parse("CLF")->digits(), 4);
    EXPECT_EQ(Currency::usd(), Currency::parse("USD"));
    EXPECT_EQ(Currency{}.code(), "USD");
}

TEST(Decimal, RefusesWhatIsNotPlainOrNotExact) {
    for (const char* text : {"",
                             "-",
                             ".",
                             "1.",
                             ".1",
                             "01",
                             "-01",
                             "+1",
                             " 1",
                             "1 ",
                             "1,0",
                             "1e",
                             "e1",
                             "1e+",
                             "1e1x",
                             "1e1.0",
                             "0x1",
                             "1234567890123456789",
                             "0.1234567890123456789",
                             "1e18",
                             "1e400",
                             "1e-19",
                             "--1",
                             "1.2.3"})
        EXPECT_FALSE(Decimal::parse(text)) << text;
}

TEST(Decimal, KeepsTrailingZerosAndReadsExponentsExactly) {
    EXPECT_EQ(Decimal::parse("1299.99"), (Decimal{129999, 2}));
    EXPECT_EQ(Decimal::parse("1.50"), (Decimal{150, 2}));
    EXPECT_EQ(Decimal::parse("-0.05"), (Decimal{-5, 2}));
    EXPECT_EQ(Decimal::parse("999999999999999999"), (Decimal{999999999999999999, 0}));
    EXPECT_EQ(Decimal::parse("1.5e3"), (Decimal{1500, 0}));
    EXPECT_EQ(Decimal::parse("1.505E1"), (Decimal{1505, 2}));
    EXPECT_EQ(Decimal::parse("5e-2"), (Decimal{5, 2}));
    EXPECT_EQ(Decimal::parse("0e999999999999"), (Decimal{0, 0}));
    EXPECT_EQ(Decimal::parse("1e17"), (Decimal{100000000000000000, 0}));
}

TEST(Decimal, IsWrittenAsItWasRead) {
    for (const char* text :
         {"0", "1", "-1", "0.05", "-0.05", "1299.99", "1.50", "0.000000000000000001"})
        EXPECT_EQ(Decimal::parse(text)->to_string(), text);
}

TEST(Price, RefusesMoreDigitsThanTheCurrencyHas) {
    const auto price = Money::price({1005, 3}, Currency::usd(), "/items/0/unitPrice");
    ASSERT_FALSE(price);
    EXPECT_EQ(price.error().problem, Problem::validation_failed);
    EXPECT_EQ(
        price.error().faults,
        (std::vector<Fault>{{"/items/0/unitPrice", "must have at most 2 decimal digits in USD"}}));
    EXPECT_FALSE(Money::price({10, 1}, *Currency::parse("JPY"), "/price"));
}

TEST(Price, RefusesNegativeOnesAndThoseAboveTheLargest) {
    for (const auto& amount :
         {Decimal{-1, 2}, Decimal{10'000'000'000, 0}, Decimal{999'999'999'999'999'999, 0}})
        EXPECT_FALSE(Money::price(amount, Currency::usd(), "/price"));
    EXPECT_TRUE(Money::price({999'999'999'999, 2}, Currency::usd(), "/price"));
    EXPECT_FALSE(Money::price({1'000'000'000'000, 2}, Currency::usd(), "/price"));
}

TEST(Price, TheLargestIsInTheCurrencysOwnDigits) {
    EXPECT_EQ(Money::price_minor_max(*Currency::parse("JPY")), 9'999'999'999);
    EXPECT_EQ(Money::price_minor_max(Currency::usd()), 999'999'999'999);
    EXPECT_EQ(Money::price_minor_max(*Currency::parse("KWD")), 9'999'999'999'990);
    EXPECT_EQ(Money::price_minor_max(*Currency::parse("CLF")), 99'999'999'999'900);
}

TEST(Price, MissingDigitsArePadded) {
    EXPECT_EQ(Money::price(*Decimal::parse("1"), Currency::usd(), "/price")->to_string(), "1.00");
    EXPECT_EQ(Money::price(*Decimal::parse("0.5"), *Currency::parse("KWD"), "/p")->to_string(),
              "0.500");
    EXPECT_EQ(Money::price(*Decimal::parse("0"), *Currency::parse("JPY"), "/p")->to_string(), "0");
}

TEST(Money, ArithmeticSaysNothingOnOverflowOrMixedCurrencies) {
    const Money largest{int64_max, Currency::usd()};
    EXPECT_EQ(largest.plus({1, Currency::usd()}), std::nullopt);
    EXPECT_EQ(largest.times(2), std::nullopt);
    EXPECT_EQ(Money({1, Currency::usd()}).plus({1, *Currency::parse("EUR")}), std::nullopt);
    EXPECT_EQ(Money({150, Currency::usd()}).times(3)->to_string(), "4.50");
    EXPECT_EQ(Money({150, Currency::usd()}).plus({-200, Currency::usd()})->to_string(), "-0.50");
    EXPECT_EQ(Money({std::numeric_limits<std::int64_t>::min(), Currency::usd()}).to_string(),
              "-92233720368547758.08");
}

TEST(Money, ExactAmountsSayNothingOnOverflowOrLostDigits) {
    EXPECT_EQ(Money::exact({1, 3}, Currency::usd()), std::nullopt);
    EXPECT_EQ(Money::exact({999'999'999'999'999'999, 0}, Currency::usd()), std::nullopt);
    EXPECT_EQ(Money::exact({15, 1}, Currency::usd()), (Money{150, Currency::usd()}));
}

}  // namespace
}  // namespace waybill
