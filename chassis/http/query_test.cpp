#include "chassis/http/query.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace waybill::http {
namespace {

TEST(Query, RefusesBrokenEscapesInvalidUtf8AndTooMany) {
    for (const std::string text :
         {"a=%", "a=%2", "a=%zz", "a=%ff", "a=%c0%af", "a=1&a=%ed%a0%80"}) {
        const auto query = Query::parse(text);
        ASSERT_FALSE(query) << text;
        EXPECT_EQ(query.error().problem, Problem::validation_failed);
        EXPECT_EQ(query.error().faults.at(0).pointer, "?a");
    }
    EXPECT_FALSE(Query::parse("%zz=1"));
    std::string many;
    for (int i = 0; i < 101; ++i) many += "a&";
    EXPECT_FALSE(Query::parse(many));
}

TEST(Query, DecodesNamesAndValues) {
    const auto query = Query::parse("a=1&b=x+y%2Bz&&c&caf%C3%A9=%E2%82%AC&d==&a=2");
    ASSERT_TRUE(query);
    EXPECT_EQ(query->get("a"), "1");
    EXPECT_EQ(query->get("b"), "x y+z");
    EXPECT_EQ(query->get("c"), "");
    EXPECT_EQ(query->get("caf\xc3\xa9"), "\xe2\x82\xac");
    EXPECT_EQ(query->get("d"), "=");
    EXPECT_EQ(query->get("e"), std::nullopt);
    EXPECT_EQ(query->all().size(), 6U);
}

TEST(Query, ReadsBackWhatWasEscaped) {
    rc::check([](const std::vector<std::pair<std::string, std::string>>& pairs) {
        std::string text;
        std::vector<std::pair<std::string, std::string>> ascii;
        for (auto [name, value] : pairs) {
            for (char& c : name) c &= 0x7f;
            for (char& c : value) c &= 0x7f;
            name += "n";
            for (const char c : name) text += fmt::format("%{:02x}", static_cast<int>(c));
            text += "=";
            for (const char c : value) text += fmt::format("%{:02X}", static_cast<int>(c));
            text += "&";
            ascii.emplace_back(name, value);
        }
        RC_PRE(ascii.size() <= 100U);
        RC_ASSERT(Query::parse(text)->all() == ascii);
    });
}

}  // namespace
}  // namespace waybill::http
