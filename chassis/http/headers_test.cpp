#include "chassis/http/headers.hpp"

#include <gtest/gtest.h>

namespace waybill::http {
namespace {

TEST(Headers, FindsNamesWithoutCaseAndKeepsOrder) {
    Headers headers;
    headers.add("A", "1");
    headers.add("b", "2");
    headers.add("a", "3");
    EXPECT_EQ(headers.get("c"), std::nullopt);
    EXPECT_EQ(headers.get("a"), "1");
    EXPECT_EQ(headers.count("A"), 2U);
    EXPECT_EQ(headers.at(1).value, "2");
    headers.remove("A");
    EXPECT_EQ(headers.size(), 1U);
    headers.set("B", "4");
    EXPECT_EQ(headers.size(), 1U);
    EXPECT_EQ(headers.get("b"), "4");
    headers.clear();
    EXPECT_EQ(headers.size(), 0U);
}

TEST(Headers, AddsAViewIntoItself) {
    Headers headers;
    headers.add("first", "a value that is long enough to live on the heap");
    for (int i = 0; i < 20; ++i) headers.add(headers.at(0).name, *headers.get("first"));
    EXPECT_EQ(headers.at(20).name, "first");
    EXPECT_EQ(headers.at(20).value, "a value that is long enough to live on the heap");
}

}  // namespace
}  // namespace waybill::http
