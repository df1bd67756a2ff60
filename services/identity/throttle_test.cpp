#include "services/identity/throttle.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "services/identity/expiring.hpp"

namespace waybill::identity {
namespace {

using std::chrono::seconds;

constexpr MonoTime begin{1'000'000'000};

TEST(Throttle, RefusesAfterTenWrongPasswordsUntilTheOldestIsAMinuteOld) {
    Throttle throttle;
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(throttle.wait("admin", "127.0.0.1", begin + seconds(i)), std::nullopt);
        throttle.wrong("admin", "127.0.0.1", begin + seconds(i));
    }
    EXPECT_EQ(throttle.wait("admin", "127.0.0.9", begin + seconds(10)), seconds(50));
    EXPECT_EQ(throttle.wait("other", "127.0.0.1", begin + seconds(10)), seconds(50));
    EXPECT_EQ(throttle.wait("other", "127.0.0.9", begin + seconds(10)), std::nullopt);
    EXPECT_EQ(throttle.wait("admin", "127.0.0.1", begin + seconds(60)), std::nullopt);
    throttle.wrong("admin", "127.0.0.1", begin + seconds(60));
    EXPECT_EQ(throttle.wait("admin", "127.0.0.1", begin + seconds(60)), seconds(1));
}

TEST(Throttle, KeepsTheLatestFailuresWhenTooManyNamesFail) {
    Throttle throttle;
    for (int i = 0; i < 10; ++i) throttle.wrong("admin", "127.0.0.1", begin + seconds(20));
    for (std::size_t i = 0; i < Throttle::names_max - 2; ++i)
        throttle.wrong(fmt::format("user{}", i), "127.0.0.2", begin + seconds(30));
    EXPECT_EQ(throttle.wait("user0", "127.0.0.3", begin + seconds(30)), std::nullopt);
    EXPECT_NE(throttle.wait("user0", "127.0.0.2", begin + seconds(30)), std::nullopt);
}

TEST(Expiring, ForgetsInOrderOfAgeAndWhenFull) {
    Expiring<int> values(seconds(60), 2);
    values.put("a", 1, begin);
    values.put("b", 2, begin + seconds(1));
    values.put("c", 3, begin + seconds(2));
    EXPECT_EQ(values.take("a", begin + seconds(2)), std::nullopt);
    EXPECT_EQ(values.take("b", begin + seconds(60)), 2);
    EXPECT_EQ(values.take("b", begin + seconds(60)), std::nullopt);
    EXPECT_EQ(values.take("c", begin + seconds(62)), std::nullopt);
    EXPECT_EQ(values.size(), 0U);
}

TEST(Expiring, MakesRoomForANewValueWhenOthersWereTaken) {
    Expiring<int> values(seconds(60), 2);
    for (int i = 0; i < 100; ++i) {
        values.put(fmt::format("{}", i), i, begin);
        values.put("kept", -1, begin);
        EXPECT_EQ(values.take(fmt::format("{}", i), begin), i);
    }
    EXPECT_EQ(values.take("kept", begin), -1);
}

}  // namespace
}  // namespace waybill::identity
