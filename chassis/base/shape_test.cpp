#include "chassis/base/shape.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chassis/base/shapes_testing.hpp"

// What the rest of a service would call; declared in a header of its own.
namespace waybill::sample {

std::string to_json(const Order& order) {
    return json::write(order);
}
Result<PlaceOrder> read_place_order(std::string_view text) {
    return json::read<PlaceOrder>(text);
}

}  // namespace waybill::sample

namespace waybill::json {
namespace {

using namespace sample;
using Faults = std::vector<Fault>;

template <class T>
Faults faults_of(std::string_view text) {
    const Result<T> result = read<T>(text);
    if (result) return {};
    EXPECT_EQ(result.error().problem, Problem::validation_failed);
    return result.error().faults;
}

TEST(ShapeRead, AMalformedTextIsMalformedJson) {
    const auto result = read_place_order("{\"items\":");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().problem, Problem::malformed_json);
}

TEST(ShapeRead, AllFaultsAreReportedAtOnceWithTheirPointers) {
    const std::string_view text = R"({"items":[{"quantity":0},{"quantity":"2","productId":"x"}],
        "confirmation":"maybe","currency":"usd","note":"123456","customerId":"","role":"admin"})";
    EXPECT_EQ(faults_of<PlaceOrder>(text),
              (Faults{{"/items/0/quantity", "must be 1 to 1000000"},
                      {"/items/1/quantity", "must be an integer"},
                      {"/items/1/productId", "must be a UUID"},
                      {"/confirmation", "must be one of automatic, manual"},
                      {"/currency", "must be an ISO 4217 currency code"},
                      {"/note", "must have at most 5 characters"},
                      {"/customerId", "must have 1 to 255 characters"},
                      {"/role", "is not a known member"}}));
}

TEST(ShapeRead, AMissingMemberIsAFaultAtItsOwnPointer) {
    EXPECT_EQ(faults_of<PlaceOrder>("{}"), (Faults{{"/items", "is required"}}));
    EXPECT_EQ(faults_of<PlaceOrder>(R"({"items":[{}]})"),
              (Faults{{"/items/0/quantity", "is required"}}));
}

TEST(ShapeRead, NullForARequiredMemberIsAFault) {
    EXPECT_EQ(faults_of<PlaceOrder>(R"({"items":null})"), (Faults{{"/items", "must be an array"}}));
}

TEST(ShapeRead, AnInputThatIsNoObjectIsAFaultOfTheWhole) {
    EXPECT_EQ(faults_of<PlaceOrder>("[]"), (Faults{{"", "must be an object"}}));
}

TEST(ShapeRead, PointersEscapeSlashAndTilde) {
    EXPECT_EQ(faults_of<PlaceOrder>(R"({"items":[{"quantity":1}],"a/b~c":1})"),
              (Faults{{"/a~1b~0c", "is not a known member"}}));
}

TEST(ShapeRead, ACountIsHeldBeforeTheElementsAreRead) {
    EXPECT_EQ(faults_of<PlaceOrder>(R"({"items":[]})"),
              (Faults{{"/items", "must have 1 to 3 items"}}));
    EXPECT_EQ(faults_of<PlaceOrder>(R"({"items":[1,2,3,4]})"),
              (Faults{{"/items", "must have 1 to 3 items"}}));
}

TEST(ShapeRead, MetadataIsBoundedInEntriesNamesAndValues) {
    const std::string_view text =
        R"({"items":[{"quantity":1}],"metadata":{"":"","12345":"123456","c":1}})";
    EXPECT_EQ(faults_of<PlaceOrder>(text), (Faults{{"/metadata/c", "must be a string"}}));
    const std::string_view strings_only =
        R"({"items":[{"quantity":1}],"metadata":{"":"","12345":"123456","c":"1"}})";
    EXPECT_EQ(faults_of<PlaceOrder>(strings_only),
              (Faults{{"/metadata", "must have at most 2 entries"},
                      {"/metadata/", "must have a name of 1 to 4 characters"},
                      {"/metadata/12345", "must have a name of 1 to 4 characters"},
                      {"/metadata/12345", "must have at most 5 characters"}}));
}

TEST(ShapeRead, FaultsBeyondAThousandAreNotKept) {
    std::string text = "{";
    for (int i = 0; i < 2000; ++i) text += "\"m" + std::to_string(i) + "\":0,";
    text.back() = '}';
    EXPECT_EQ(faults_of<PlaceOrder>(text).size(), 1000U);
}

TEST(ShapeRead, ATextWithU0000IsRefused) {
    EXPECT_EQ(faults_of<Tags>(R"({"code":"\u0000"})"), (Faults{{"/code", "must not hold U+0000"}}));
    EXPECT_EQ(
        faults_of<PlaceOrder>(R"({"items":[{"quantity":1}],"metadata":{"\u0000":"a"}})").size(),
        1U);
}

TEST(ShapeRead, RulesOfAListOfTextsHoldForEachOfThem) {
    EXPECT_EQ(faults_of<Tags>(R"({"tags":["ok","long","\u00e9\u00e9\u00e9"],"reference":"\u00e9",
                                  "code":"c","rate":"1"})"),
              (Faults{{"/tags", "must have at most 2 items"},
                      {"/reference", "must have printable ASCII characters only"},
                      {"/code", "must be one of a, b"},
                      {"/rate", "must be a number"}}));
    EXPECT_EQ(faults_of<Tags>(R"({"tags":["long","\u00e9\u00e9\u00e9"]})"),
              (Faults{{"/tags/0", "must have 1 to 3 characters"}}));
}

TEST(ShapeRead, IntegersAreExactAndInRange) {
    for (const char* number : {"1.5", "2147483648", "1e40", "99999999999999999999"}) {
        const std::string text = std::string(R"({"items":[{"quantity":)") + number + "}]}";
        EXPECT_EQ(faults_of<PlaceOrder>(text).size(), 1U) << number;
    }
    EXPECT_EQ(read_place_order(R"({"items":[{"quantity":2e1}]})")->items[0].quantity, 20);
    EXPECT_EQ(read_place_order(R"({"items":[{"quantity":2.0}]})")->items[0].quantity, 2);
}

TEST(ShapeRead, DefaultsStandInForAbsentAndNullMembers) {
    const auto absent = read_place_order(R"({"items":[{"quantity":1}]})");
    ASSERT_TRUE(absent);
    EXPECT_EQ(absent->confirmation, Confirmation::Automatic);
    EXPECT_EQ(absent->customer_id, std::nullopt);
    EXPECT_EQ(absent->note, "");
    const auto null = read_place_order(R"({"items":[{"quantity":1,"unitPrice":null}],
        "confirmation":null,"customerId":null,"note":null,"metadata":null,"currency":null})");
    ASSERT_TRUE(null);
    EXPECT_EQ(*null, *absent);
}

TEST(ShapeRead, APriceIsReadFromTextOrNumberExactly) {
    const auto order = read_place_order(
        R"({"items":[{"quantity":1,"unitPrice":"1299.99"},{"quantity":1,"unitPrice":0.1},
                     {"quantity":1,"unitPrice":1e2}]})");
    ASSERT_TRUE(order);
    EXPECT_EQ(order->items[0].unit_price, (Decimal{129999, 2}));
    EXPECT_EQ(order->items[1].unit_price, (Decimal{1, 1}));
    EXPECT_EQ(order->items[2].unit_price, (Decimal{100, 0}));
    EXPECT_EQ(faults_of<PlaceOrder>(R"({"items":[{"quantity":1,"unitPrice":"1e2"}]})").size(), 1U);
}

TEST(ShapeRead, UnknownMembersAreIgnoredInEvents) {
    EXPECT_TRUE(
        read<PlaceOrder>(R"({"items":[{"quantity":1,"new":[]}],"newer":{}})", Unknown::ignore));
}

TEST(ShapeRead, AnAmountIsInTheCurrencyOfTheStructAroundIt) {
    EXPECT_EQ(faults_of<Line>(R"({"unitPrice":"1"})"),
              (Faults{{"/unitPrice", "needs a currency"}}));
    EXPECT_EQ(faults_of<sample::Priced>(R"({"price":"1.005","currency":"USD"})"),
              (Faults{{"/price", "must be an amount with at most 2 decimal digits"}}));
    EXPECT_EQ(faults_of<sample::Priced>(R"({"price":"1","currency":"XYZ"})"),
              (Faults{{"/currency", "must be an ISO 4217 currency code"}}));
    EXPECT_EQ(faults_of<sample::Priced>(R"({"price":"-1"})"),
              (Faults{{"/price", "must be a price of 0 to 9999999999.99"}}));
    EXPECT_EQ(read<sample::Priced>(R"({"price":"7","currency":"JPY"})")->price.to_string(), "7");
    EXPECT_EQ(read<sample::Priced>(R"({"price":"7"})")->price.to_string(), "7.00");
}

TEST(ShapeRead, APatchTellsAbsentFromNull) {
    EXPECT_EQ(faults_of<ProductPatch>(R"({"name":null})"), (Faults{{"/name", "must not be null"}}));
    EXPECT_EQ(faults_of<ProductPatch>(R"({"name":""})"),
              (Faults{{"/name", "must have 1 to 10 characters"}}));
    const auto patch = read<ProductPatch>(R"({"description":null})");
    ASSERT_TRUE(patch);
    EXPECT_TRUE(patch->name.is_absent());
    EXPECT_TRUE(patch->description.is_null());
    EXPECT_EQ(read<ProductPatch>(R"({"name":"n"})")->name, Patch<std::string>("n"));
}

TEST(ShapeWrite, AbsentMembersAreNullUnlessOmitted) {
    Order order;
    order.currency = *Currency::parse("KWD");
    order.total = {1500, order.currency};
    order.lines = {{{1500, order.currency}}};
    order.data = {R"({"a":[1]})"};
    EXPECT_EQ(to_json(order),
              R"({"id":"00000000-0000-0000-0000-000000000000","lines":[{"unitPrice":"1.500"}],)"
              R"("totalAmount":"1.500","currency":"KWD","shippedAt":null,"version":0,)"
              R"("urgent":false,"data":{"a":[1]}})");
    order.reason = "r\"";
    EXPECT_NE(to_json(order).find(R"("reason":"r\"")"), std::string::npos);
}

TEST(ShapeWrite, APatchLeavesAbsentMembersOut) {
    ProductPatch patch;
    patch.description = Patch<std::string>::null();
    EXPECT_EQ(write(patch), R"({"description":null})");
}

TEST(ShapeSchema, AnInputSchemaHoldsEveryRule) {
    EXPECT_EQ(schema<PlaceOrder>(),
              R"({"type":"object","properties":{)"
              R"("customerId":{"type":["string","null"],"minLength":1,"maxLength":255},)"
              R"("currency":{"type":["string","null"],"pattern":"^[A-Z]{3}$"},)"
              R"("confirmation":{"type":"string","enum":["automatic","manual"],)"
              R"("default":"automatic"},)"
              R"("items":{"type":"array","minItems":1,"maxItems":3,"items":{"type":"object",)"
              R"("properties":{"productId":{"type":["string","null"],"format":"uuid"},)"
              R"("quantity":{"type":"integer","format":"int32","minimum":1,"maximum":1000000},)"
              R"("unitPrice":{"type":["string","number","null"],)"
              R"("pattern":"^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$",)"
              R"("description":"an assertion of the price"}},)"
              R"("required":["quantity"],"additionalProperties":false}},)"
              R"("metadata":{"type":["object","null"],"maxProperties":2,)"
              R"("propertyNames":{"minLength":1,"maxLength":4},)"
              R"("additionalProperties":{"type":"string","maxLength":5}},)"
              R"("note":{"type":["string","null"],"minLength":0,"maxLength":5,)"
              R"("description":"for people"}},)"
              R"("required":["items"],"additionalProperties":false})");
}

TEST(ShapeSchema, AnOutputSchemaHasAllMembersAndAllowsMore) {
    EXPECT_EQ(output_schema<Line>(),
              R"({"type":"object","properties":{"unitPrice":{"type":"string",)"
              R"("pattern":"^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$"}},"required":["unitPrice"]})");
    const auto order = parse(output_schema<Order>());
    ASSERT_TRUE(order);
    EXPECT_EQ(to_text(*order->find("required")),
              R"(["id","lines","totalAmount","currency","shippedAt","version","urgent","data"])");
    EXPECT_EQ(order->find("additionalProperties"), nullptr);
}

TEST(ShapeSchema, APatchMayBeNullUnlessItsFieldForbidsIt) {
    const auto patch = parse(schema<ProductPatch>());
    ASSERT_TRUE(patch);
    EXPECT_EQ(to_text(*patch->find("properties")),
              R"({"name":{"type":"string","minLength":1,"maxLength":10},)"
              R"("description":{"type":["string","null"]}})");
    EXPECT_EQ(to_text(*patch->find("required")), "[]");
}

TEST(ShapeSchema, RulesOfElementsStandWithTheElements) {
    const auto tags = parse(schema<Tags>());
    ASSERT_TRUE(tags);
    EXPECT_EQ(to_text(*tags->find("properties")->find("tags")),
              R"({"type":["array","null"],"minItems":0,"maxItems":2,)"
              R"("items":{"type":"string","minLength":1,"maxLength":3}})");
    EXPECT_EQ(to_text(*tags->find("properties")->find("code")),
              R"({"type":["string","null"],"enum":["a","b",null]})");
}

}  // namespace
}  // namespace waybill::json
