#include "chassis/base/time.hpp"

#include <gtest/gtest.h>

namespace waybill {
namespace {

TEST(Timestamp, RefusesWhatIsNotRfc3339) {
    for (const char* text : {"",
                             "2026-11-23",
                             "2026-11-23T10:00:00",
                             "2026-11-23 10:00:00Z",
                             "2026-11-23T10:00Z",
                             "2026-13-01T00:00:00Z",
                             "2026-00-01T00:00:00Z",
                             "2026-02-29T00:00:00Z",
                             "2026-11-31T00:00:00Z",
                             "2026-11-23T24:00:00Z",
                             "2026-11-23T10:60:00Z",
                             "2026-11-23T10:00:61Z",
                             "2026-11-23T10:00:60Z",
                             "2026-11-23T10:00:00.Z",
                             "2026-11-23T10:00:00.1234567890Z",
                             "2026-11-23T10:00:00+0100",
                             "2026-11-23T10:00:00+24:00",
                             "2026-11-23T10:00:00+01:60",
                             "2026-11-23T10:00:00Z ",
                             "226-11-23T10:00:00Z",
                             "2026-1-23T10:00:00Z",
                             "0000-01-01T00:00:00Z",
                             "0001-01-01T00:00:00+00:01",
                             "9999-12-31T23:59:59-00:01",
                             "2026-11-23T10:00:00,5Z",
                             "+2026-11-23T10:00:00Z"})
        EXPECT_FALSE(Timestamp::parse(text)) << text;
}

TEST(Timestamp, ReadsAnyOffsetAndFraction) {
    const auto same = Timestamp::parse("2026-11-23T10:00:00.123456Z");
    ASSERT_TRUE(same);
    EXPECT_EQ(same->us, 1'795'428'000'123'456);
    EXPECT_EQ(Timestamp::parse("2026-11-23t11:30:00.123456+01:30"), same);
    EXPECT_EQ(Timestamp::parse("2026-11-22T23:00:00.123456789-11:00"), same);
    EXPECT_EQ(Timestamp::parse("2026-11-23T10:00:00.1z")->to_string(),
              "2026-11-23T10:00:00.100000Z");
}

TEST(Timestamp, ALeapSecondIsTheSecondAfterIt) {
    EXPECT_EQ(Timestamp::parse("2016-12-31T23:59:60Z"), Timestamp::parse("2017-01-01T00:00:00Z"));
    EXPECT_EQ(Timestamp::parse("2017-01-01T00:59:60.5+01:00"),
              Timestamp::parse("2017-01-01T00:00:00.5Z"));
}

TEST(Timestamp, IsAlwaysWrittenInUtcWithSixDigits) {
    EXPECT_EQ(Timestamp{0}.to_string(), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(Timestamp{-1}.to_string(), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(Timestamp::parse("0001-01-01T00:00:00Z")->to_string(), "0001-01-01T00:00:00.000000Z");
    EXPECT_EQ(Timestamp::parse("9999-12-31T23:59:59.999999Z")->to_string(),
              "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(Timestamp::parse("2024-02-29T23:59:59Z")->date_digits(), "20240229");
}

TEST(Deadline, HasNothingLeftOnceItPassed) {
    const Deadline deadline = Deadline::after(MonoTime{100}, Duration(50));
    EXPECT_EQ(deadline.left(MonoTime{120}), Duration(30));
    EXPECT_EQ(deadline.left(MonoTime{200}), Duration::zero());
    EXPECT_FALSE(deadline.passed(MonoTime{149}));
    EXPECT_TRUE(deadline.passed(MonoTime{150}));
}

}  // namespace
}  // namespace waybill
