#include "chassis/http/wire.hpp"

#include <gtest/gtest.h>

#include <string>

namespace waybill::http {
namespace {

TEST(Wire, AFieldValueHoldsNoControlCharacterAtAnyPlace) {
    for (unsigned octet = 0; octet < 256; ++octet) {
        const bool allowed = octet == '\t' || (octet >= 0x20 && octet != 0x7f);
        for (const char fill : {'a', '\t', '\xff', ' '}) {
            for (std::size_t at = 0; at < 20; ++at) {
                std::string text(20, fill);
                text[at] = static_cast<char>(octet);
                ASSERT_EQ(is_field_value(text), allowed) << octet << " at " << at;
            }
        }
    }
}

TEST(Wire, ADecimalIsDigitsWithin64Bits) {
    for (const char* text : {"", "+1", "-1", " 1", "1 ", "0x1", "1e3", "18446744073709551616",
                             "99999999999999999999", "000000000000000000001"})
        EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
    EXPECT_EQ(parse_decimal("0"), 0U);
    EXPECT_EQ(parse_decimal("007"), 7U);
    EXPECT_EQ(parse_decimal("18446744073709551615"), 18446744073709551615U);
}

TEST(Wire, Utf8IsRefusedWhenOverlongSurrogateOrCutShort) {
    for (const char* text :
         {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xe0\x80\xaf", "\xe2\x82", "\xed\xa0\x80",
          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xff"})
        EXPECT_FALSE(is_utf8(text)) << text;
    EXPECT_TRUE(is_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\x9a\xf4\x8f\xbf\xbf"));
}

}  // namespace
}  // namespace waybill::http
