#include "chassis/base/uuid.hpp"

#include <gtest/gtest.h>

#include <set>

#include "chassis/base/facts.hpp"

namespace waybill {
namespace {

TEST(Uuid, RefusesEverythingButTheCanonicalForm) {
    for (const char* text :
         {"", "0193a3b2", "0193a3b2111172228333444455556666",
          "{0193a3b2-1111-7222-8333-444455556666}", "urn:uuid:0193a3b2-1111-7222-8333-444455556666",
          "0193a3b2-1111-7222-8333-44445555666", "0193a3b2-1111-7222-8333-4444555566667",
          "0193a3b2-1111-7222-8333-44445555666g", "0193a3b21-111-7222-8333-444455556666",
          "0193a3b2_1111-7222-8333-444455556666"})
        EXPECT_FALSE(Uuid::parse(text)) << text;
    EXPECT_FALSE(Uuid::from_bytes("123456789012345"));
}

TEST(Uuid, IsReadInAnyCaseAndWrittenInLower) {
    const auto id = Uuid::parse("0193A3b2-1111-7222-8333-4444ABCDEF66");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->to_string(), "0193a3b2-1111-7222-8333-4444abcdef66");
    EXPECT_EQ(Uuid::from_bytes(id->raw()), id);
    EXPECT_EQ(id->version(), 7);
    EXPECT_TRUE(Uuid{}.is_nil());
}

TEST(Uuid, Version7HoldsTheTimeAndTheRandomBits) {
    const Timestamp time{1'795'428'000'123'456};
    const Uuid id = Uuid::v7(time, 0x3fffffffffffffffU);
    EXPECT_EQ(id.version(), 7);
    EXPECT_EQ(id.bytes[8] >> 6, 2);
    EXPECT_EQ(id.time(), (Timestamp{1'795'428'000'123'000}));
    EXPECT_NE(Uuid::v7(time, 1), Uuid::v7(time, 2));
    EXPECT_EQ(Uuid::v7(time, 1), Uuid::v7(time, 1));
}

TEST(Uuid, Version7OrdersByTheMicrosecond) {
    for (std::int64_t us = 1'795'428'000'122'990; us < 1'795'428'000'124'010; ++us)
        EXPECT_LT(Uuid::v7({us}, ~0ULL), Uuid::v7({us + 1}, 0));
}

TEST(Uuid, HashesDifferInTheLowBits) {
    std::set<std::size_t> buckets;
    for (std::uint64_t i = 0; i < 1000; ++i)
        buckets.insert(std::hash<Uuid>{}(Uuid::v7({1'795'428'000'000'000}, i << 40U)) % 4096);
    EXPECT_GT(buckets.size(), 800U);
}

TEST(Facts, TheSameNumberGivesTheSameIdAndAnotherAnother) {
    const Facts facts(Timestamp{1'795'428'000'000'000}, {"customer1", "cli"}, 42);
    std::set<Uuid> ids;
    std::set<std::uint64_t> randoms;
    for (std::uint32_t n = 0; n < 1000; ++n) {
        ids.insert(facts.id(n));
        randoms.insert(facts.random(n));
        EXPECT_EQ(facts.id(n), facts.id(n));
    }
    EXPECT_EQ(ids.size(), 1000U);
    EXPECT_EQ(randoms.size(), 1000U);
    EXPECT_NE(facts.id(0), Facts(facts.now, facts.actor, 43).id(0));
    EXPECT_EQ(facts.id(7).time(), facts.now);
}

}  // namespace
}  // namespace waybill
