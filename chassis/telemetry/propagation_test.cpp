#include "chassis/telemetry/propagation.hpp"

#include <gtest/gtest.h>

namespace waybill::telemetry {
namespace {

constexpr auto traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Extract, WithoutAValidTraceparentDropsTheTracestate) {
    for (const auto* broken :
         {"", "00-zz", "00-00000000000000000000000000000000-b7ad6b7169203331-01"}) {
        const Propagated read = extract(broken, "a=1", "user=x");
        EXPECT_FALSE(read.trace.valid());
        EXPECT_EQ(read.tracestate, "");
        EXPECT_EQ(read.baggage, "user=x");
    }
}

TEST(Extract, KeepsAllThreeFields) {
    const Propagated read = extract(traceparent, "a=1,b@c=2", "user=x;p=1, k = v");
    EXPECT_EQ(read.trace.traceparent(), traceparent);
    EXPECT_EQ(read.tracestate, "a=1,b@c=2");
    EXPECT_EQ(read.baggage, "user=x;p=1,k = v");
}

TEST(Tracestate, MalformedOrWithAKeyTwiceIsDropped) {
    for (const auto* broken : {"a", "=1", "A=1", "a=", "a=1=2", "a=1,a=2", "a b=1", "a=\x01"})
        EXPECT_EQ(bounded_tracestate(broken), "") << broken;
    std::string many;
    for (int i = 0; i < 33; ++i) many += "k" + std::to_string(i) + "=v,";
    EXPECT_EQ(bounded_tracestate(many), "");
}

TEST(Tracestate, OverFiveHundredBytesLosesLongMembersFirstAndThenTheLast) {
    const std::string long_member = "long=" + std::string(200, 'x');
    std::string state = "first=1," + long_member;
    for (int i = 0; i < 10; ++i) state += ",k" + std::to_string(i) + "=" + std::string(50, 'y');
    const std::string kept = bounded_tracestate(state);
    EXPECT_LE(kept.size(), 512U);
    EXPECT_TRUE(kept.starts_with("first=1,k0="));
    EXPECT_EQ(kept.find("long="), std::string::npos);
}

TEST(Baggage, LosesMalformedMembersAndWhatIsAboveTheLimits) {
    EXPECT_EQ(bounded_baggage("a=1,bad key=2,,c,d=4"), "a=1,d=4");
    std::string many;
    for (int i = 0; i < 70; ++i) many += "k" + std::to_string(i) + "=v,";
    const std::string kept = bounded_baggage(many);
    EXPECT_TRUE(kept.ends_with("k63=v"));
    EXPECT_LE(bounded_baggage("a=" + std::string(9'000, 'x')).size(), 8'192U);
    EXPECT_EQ(
        bounded_baggage("a=" + std::string(8'000, 'x') + ",b=" + std::string(500, 'y')).size(),
        8'002U);
}

}  // namespace
}  // namespace waybill::telemetry
