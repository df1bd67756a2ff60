#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "chassis/base/json.hpp"
#include "chassis/base/money.hpp"
#include "chassis/base/shapes_testing.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/trace_context.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill {
namespace {

constexpr std::int64_t us_year_1 = -62'135'596'800'000'000;
constexpr std::int64_t us_year_10000 = 253'402'300'800'000'000;

/// Valid UTF-8 of every width, controls and quotes among it.
rc::Gen<std::string> any_text() {
    const auto piece =
        rc::gen::element<std::string>("a", "\"", "\\", "/", "\n", "\x01", "\x7f", "0", "\xc3\xa9",
                                      "\xe2\x82\xac", "\xf0\x9f\x98\x80", " ");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](auto pieces) {
        std::string text;
        for (const std::string& one : pieces) text += one;
        return text;
    });
}
rc::Gen<Timestamp> any_time() {
    return rc::gen::map(rc::gen::inRange(us_year_1, us_year_10000),
                        [](std::int64_t us) { return Timestamp{us}; });
}
rc::Gen<Currency> any_currency() {
    return rc::gen::map(rc::gen::element("USD", "JPY", "KWD", "CLF", "EUR"),
                        [](const char* code) { return *Currency::parse(code); });
}
rc::Gen<Uuid> any_id() {
    return rc::gen::map(rc::gen::container<std::string>(16, rc::gen::arbitrary<char>()),
                        [](const std::string& raw) { return *Uuid::from_bytes(raw); });
}

/// Appends a random JSON value.
void write_random(json::Writer& out, int depth) {
    const int kind = *rc::gen::inRange(0, depth > 0 ? 7 : 5);
    if (kind == 0) out.null();
    if (kind == 1) out.boolean(*rc::gen::arbitrary<bool>());
    if (kind == 2) out.number(*rc::gen::arbitrary<std::int64_t>());
    if (kind == 3) out.number(*rc::gen::arbitrary<double>());
    if (kind == 4) out.string(*any_text());
    if (kind < 5) return;
    const int count = *rc::gen::inRange(0, 4);
    kind == 5 ? out.begin_array() : out.begin_object();
    for (int i = 0; i < count; ++i) {
        if (kind == 6) out.key(std::to_string(i) + *any_text());
        write_random(out, depth - 1);
    }
    kind == 5 ? out.end_array() : out.end_object();
}

sample::Order any_order() {
    sample::Order order;
    order.id = *any_id();
    order.currency = *any_currency();
    const auto amount =
        rc::gen::inRange<std::int64_t>(-999'999'999'999'999'999, 999'999'999'999'999'999);
    order.total = {*amount, order.currency};
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
        order.lines.push_back({{*amount, order.currency}});
    if (*rc::gen::arbitrary<bool>()) order.shipped_at = *any_time();
    if (*rc::gen::arbitrary<bool>()) order.reason = *any_text();
    order.version = *rc::gen::arbitrary<std::int64_t>();
    order.urgent = *rc::gen::arbitrary<bool>();
    json::Writer out(order.data.text);
    write_random(out, 2);
    return order;
}

RC_GTEST_PROP(RoundTrip, Uuids, ()) {
    const Uuid id = *any_id();
    RC_ASSERT(Uuid::parse(id.to_string()) == std::optional(id));
    RC_ASSERT(Uuid::from_bytes(id.raw()) == std::optional(id));
}

RC_GTEST_PROP(RoundTrip, Version7IdsOrderAsTheirTimes, ()) {
    const std::int64_t first = *rc::gen::inRange<std::int64_t>(0, us_year_10000 - 1'000'000);
    const std::int64_t later = first + *rc::gen::inRange<std::int64_t>(1, 1'000'000);
    const auto random = rc::gen::arbitrary<std::uint64_t>();
    RC_ASSERT(Uuid::v7({first}, *random) < Uuid::v7({later}, *random));
    RC_ASSERT(Uuid::v7({first}, *random).time().us == first / 1000 * 1000);
}

RC_GTEST_PROP(RoundTrip, Timestamps, ()) {
    const Timestamp time = *any_time();
    RC_ASSERT(Timestamp::parse(time.to_string()) == std::optional(time));
    RC_ASSERT(time.to_string().size() == 27U);
}

RC_GTEST_PROP(RoundTrip, LaterTimesAreLaterAsTextToo, ()) {
    const Timestamp a = *any_time();
    const Timestamp b = *any_time();
    RC_ASSERT((a < b) == (a.to_string() < b.to_string()));
}

RC_GTEST_PROP(RoundTrip, Decimals, ()) {
    const Decimal decimal{
        *rc::gen::inRange<std::int64_t>(-999'999'999'999'999'999, 999'999'999'999'999'999),
        *rc::gen::inRange(0, 19)};
    RC_ASSERT(Decimal::parse(decimal.to_string()) == std::optional(decimal));
}

RC_GTEST_PROP(RoundTrip, Prices, ()) {
    const Currency currency = *any_currency();
    const Money price{*rc::gen::inRange<std::int64_t>(0, Money::price_minor_max(currency)),
                      currency};
    const auto again = Money::price(*Decimal::parse(price.to_string()), currency, "/price");
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == price);
}

RC_GTEST_PROP(RoundTrip, TraceContexts, ()) {
    TraceContext context;
    for (auto& byte : context.trace_id) byte = *rc::gen::arbitrary<std::uint8_t>();
    for (auto& byte : context.span_id) byte = *rc::gen::arbitrary<std::uint8_t>();
    context.flags = *rc::gen::arbitrary<std::uint8_t>();
    RC_PRE(context.valid());
    RC_ASSERT(TraceContext::parse(context.traceparent()) == std::optional(context));
}

RC_GTEST_PROP(RoundTrip, JsonValues, ()) {
    std::string text;
    json::Writer out(text);
    write_random(out, 5);
    const auto document = json::parse(text);
    RC_ASSERT(document.has_value());
    RC_ASSERT(json::to_text(*document) == text);
}

RC_GTEST_PROP(RoundTrip, DoublesKeepEveryBit, ()) {
    const double number = *rc::gen::arbitrary<double>();
    std::string text;
    json::Writer(text).number(number);
    RC_ASSERT(json::parse(text)->root().as_double() == std::optional(number));
}

RC_GTEST_PROP(RoundTrip, ShapedStructs, ()) {
    const sample::Order order = any_order();
    const std::string text = json::write(order);
    const auto again = json::read<sample::Order>(text);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == order);
    RC_ASSERT(json::write(*again) == text);
}

RC_GTEST_PROP(RoundTrip, ATextCutAnywhereIsMalformed, ()) {
    const std::string text = json::write(any_order());
    const auto cut = *rc::gen::inRange<std::size_t>(0, text.size());
    RC_ASSERT(!json::parse(text.substr(0, cut)).has_value());
}

}  // namespace
}  // namespace waybill
