#include "chassis/base/json.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace waybill::json {
namespace {

std::string detail_of(std::string_view text, Limits limits = {}) {
    const auto document = parse(text, limits);
    if (document) return "accepted";
    EXPECT_EQ(document.error().problem, Problem::malformed_json);
    return document.error().detail;
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonParse, AnEmptyTextIsMalformed) {
    for (const char* text : {"", " ", "\t\r\n "})
        EXPECT_EQ(detail_of(text), "The JSON text is empty.") << text;
}

TEST(JsonParse, BrokenSyntaxIsMalformed) {
    for (const char* text : {"{",           "}",
                             "[",           "[1",
                             "[1,]",        "[,1]",
                             "[1 2]",       "{\"a\"}",
                             "{\"a\":}",    "{\"a\":1,}",
                             "{a:1}",       "{'a':1}",
                             "{1:1}",       "\"",
                             "\"a",         "'a'",
                             "tru",         "True",
                             "nul",         "NULL",
                             "nan",         "NaN",
                             "Infinity",    "-Infinity",
                             "undefined",   "//c\n1",
                             "/*c*/1",      "1/**/",
                             "\"\n\"",      "\"\t\"",
                             "\"\\x41\"",   "\"\\u12\"",
                             "\"\\u12g4\"", "\"\\\"",
                             "[1]]",        "1 1",
                             "{} {}",       "\xef\xbb\xbf{}"})
        EXPECT_NE(detail_of(text), "accepted") << text;
}

TEST(JsonParse, BrokenNumbersAreMalformed) {
    for (const char* text : {"01", "-", "-01", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x10", "1_0",
                             "--1", "1e1.5", "00", "-.1"})
        EXPECT_NE(detail_of(text), "accepted") << text;
}

TEST(JsonParse, InvalidUtf8IsMalformedInValuesAndNames) {
    for (const char* bytes :
         {"\x80", "\xc0\xaf", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf0\x82\x82\xac",
          "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"}) {
        EXPECT_NE(detail_of("\"" + std::string(bytes) + "\""), "accepted");
        EXPECT_NE(detail_of("{\"" + std::string(bytes) + "\":1}"), "accepted");
    }
}

TEST(JsonParse, LoneSurrogatesAreMalformed) {
    for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\n")",
                             R"("\ud800\ud800")", R"({"\ud800":1})"})
        EXPECT_NE(detail_of(text), "accepted") << text;
    EXPECT_EQ(parse(R"("\ud83d\ude00")")->root().text(), "\xf0\x9f\x98\x80");
}

TEST(JsonParse, ARepeatedNameIsMalformed) {
    EXPECT_EQ(detail_of("{\"a\":1,\n \"b\":2, \"a\":3}"),
              "The JSON text is malformed at line 2, column 11: "
              "the name \"a\" stands twice in one object.");
    EXPECT_NE(detail_of(R"({"x":{"a":1,"\u0061":2}})"), "accepted");
    EXPECT_EQ(detail_of(R"({"a":{"a":1},"b":{"a":[{"a":1},{"a":2}]}})"), "accepted");
}

TEST(JsonParse, ARepeatedNameIsFoundAmongMany) {
    std::string text = "{";
    for (int i = 0; i < 5000; ++i) text += "\"n" + std::to_string(i) + "\":{\"n1\":1},";
    EXPECT_EQ(detail_of(text + "\"last\":1}"), "accepted");
    EXPECT_NE(detail_of(text + "\"n16\":1}"), "accepted");
    EXPECT_NE(detail_of(text + "\"n4999\":1}"), "accepted");
}

TEST(JsonParse, DepthAndBytesAreLimited) {
    EXPECT_EQ(detail_of(nested(32)), "accepted");
    EXPECT_NE(detail_of(nested(33)), "accepted");
    EXPECT_NE(detail_of(nested(3), {.depth_max = 2}), "accepted");
    EXPECT_EQ(detail_of("[1,2]", {.bytes_max = 5}), "accepted");
    EXPECT_EQ(detail_of("[1,2]", {.bytes_max = 4}), "The JSON text is longer than 4 bytes.");
}

TEST(JsonParse, TheDetailNamesLineAndColumn) {
    EXPECT_EQ(detail_of("{\n  \"a\": tree\n}"),
              "The JSON text is malformed at line 2, column 8: "
              "a character that cannot stand here.");
    EXPECT_EQ(detail_of("[1"),
              "The JSON text is malformed at line 1, column 3: the text ends too early.");
}

TEST(JsonParse, EveryKindIsReadInOrder) {
    const auto document = parse(R"( {"b":true,"a":[null,false,-1.50e+2,"t\"\n\u00e9"],"":{}} )");
    ASSERT_TRUE(document);
    const Value& root = *document;
    ASSERT_EQ(root.members().size(), 3U);
    EXPECT_EQ(root.members()[0].name, "b");
    EXPECT_TRUE(root.find("b")->boolean());
    const auto items = root.find("a")->items();
    ASSERT_EQ(items.size(), 4U);
    EXPECT_TRUE(items[0].is_null());
    EXPECT_FALSE(items[1].boolean());
    EXPECT_EQ(items[2].text(), "-1.50e+2");
    EXPECT_EQ(items[3].text(), "t\"\n\xc3\xa9");
    EXPECT_TRUE(root.find("")->is_object());
    EXPECT_EQ(root.find("c"), nullptr);
    EXPECT_EQ(items[0].find("c"), nullptr);
    EXPECT_EQ(root.text_at("b"), "");
}

TEST(JsonParse, ADocumentMayBeMovedAndTheTextMayGo) {
    std::string text = R"({"name":")" + std::string(5000, 'x') + R"(","list":[1,2,3]})";
    auto parsed = parse(text);
    text.assign(text.size(), '#');
    const Document moved = std::move(*parsed);
    EXPECT_EQ(moved.text_at("name"), std::string(5000, 'x'));
    EXPECT_EQ(moved.find("list")->items()[2].as_int64(), 3);
}

TEST(JsonNumber, IntegersAreExact) {
    const auto integer = [](std::string text) { return parse(text)->root().as_int64(); };
    EXPECT_EQ(integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(integer("9223372036854775808"), std::nullopt);
    EXPECT_EQ(integer("18446744073709551615"), std::nullopt);
    EXPECT_EQ(integer("-0"), 0);
    EXPECT_EQ(integer("1.0"), 1);
    EXPECT_EQ(integer("1e2"), 100);
    EXPECT_EQ(integer("1500e-2"), 15);
    EXPECT_EQ(integer("0.5"), std::nullopt);
    EXPECT_EQ(integer("1e300"), std::nullopt);
    EXPECT_EQ(integer("\"1\""), std::nullopt);
}

TEST(JsonNumber, DecimalsAndDoublesComeFromTheText) {
    EXPECT_EQ(parse("0.10")->root().as_decimal(), (Decimal{10, 2}));
    EXPECT_EQ(parse("1e-3")->root().as_decimal(), (Decimal{1, 3}));
    EXPECT_EQ(parse("\"1\"")->root().as_decimal(), std::nullopt);
    EXPECT_EQ(parse("0.25")->root().as_double(), 0.25);
    EXPECT_EQ(parse("true")->root().as_double(), std::nullopt);
}

TEST(JsonWriter, WritesCommasAndEscapes) {
    std::string out;
    Writer writer(out);
    writer.begin_object().key("a\"b").begin_array().number(1).number(-2.5).null().end_array();
    writer.plain_key("o").begin_object().end_object().plain_key("s").string("\x01\t\\/\xc3\xa9");
    writer.plain_key("b").boolean(true).plain_key("r").raw("[1]");
    writer.plain_key("n").number(std::numeric_limits<double>::infinity()).end_object();
    EXPECT_EQ(out,
              "{\"a\\\"b\":[1,-2.5,null],\"o\":{},\"s\":\"\\u0001\\t\\\\/\xc3\xa9\","
              "\"b\":true,\"r\":[1],\"n\":null}");
    EXPECT_TRUE(parse(out));
}

TEST(JsonWriter, WritesTheVocabularyOfThePlatform) {
    std::string out;
    Writer(out).begin_array().uuid(Uuid{}).time(Timestamp{0}).money({129999, {}}).end_array();
    EXPECT_EQ(out,
              "[\"00000000-0000-0000-0000-000000000000\","
              "\"1970-01-01T00:00:00.000000Z\",\"1299.99\"]");
}

TEST(JsonValue, EqualityLooksAtKindTextAndOrder) {
    const auto equal = [](const char* a, const char* b) {
        return parse(a)->root() == parse(b)->root();
    };
    EXPECT_FALSE(equal("1", "\"1\""));
    EXPECT_FALSE(equal("1", "1.0"));
    EXPECT_FALSE(equal("true", "false"));
    EXPECT_FALSE(equal("[1]", "[1,1]"));
    EXPECT_FALSE(equal(R"({"a":1})", R"({"b":1})"));
    EXPECT_FALSE(equal(R"({"a":1,"b":2})", R"({"b":2,"a":1})"));
    EXPECT_TRUE(equal(R"({"a":[1,null,"x"]})", R"( {"a" : [1, null, "\u0078"]} )"));
}

}  // namespace
}  // namespace waybill::json
