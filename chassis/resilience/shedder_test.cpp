#include "chassis/resilience/shedder.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace waybill::resilience {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array importances{Importance::list, Importance::read, Importance::create,
                                 Importance::move, Importance::health};

/// `time` of waits of `delay`, one every 10 ms.
MonoTime wait(LoadShedder& shedder, MonoTime now, Duration delay, Duration time) {
    for (const MonoTime end = now + time; now < end; now = now + milliseconds(10))
        shedder.waited(delay, now);
    return now;
}

/// How many in a hundred of that importance are refused.
int refused(const LoadShedder& shedder, Importance importance) {
    int count = 0;
    for (std::uint64_t random = 0; random < 100; ++random)
        count += shedder.refuse(importance, random) ? 1 : 0;
    return count;
}

TEST(LoadShedder, RefusesNothingWhileWaitsAreShort) {
    LoadShedder shedder({});
    wait(shedder, MonoTime{0}, milliseconds(99), seconds(5));
    for (const Importance importance : importances) EXPECT_EQ(refused(shedder, importance), 0);
}

TEST(LoadShedder, TakesABurstForWhatItIs) {
    LoadShedder shedder({});
    MonoTime now{0};
    for (int i = 0; i < 50; ++i) {
        shedder.waited(seconds(1), now);
        shedder.waited(milliseconds(1), now);
        now = now + milliseconds(100);
    }
    EXPECT_EQ(shedder.level(), 0U);
}

TEST(LoadShedder, GivesUpListsThenReadsThenCreatesThenMovesAndHealthNever) {
    LoadShedder shedder({});
    MonoTime now{0};
    std::array<std::uint32_t, 4> first_refused_at{};
    for (int step = 0; step < 60; ++step) {
        now = wait(shedder, now, seconds(1), milliseconds(200));
        for (std::size_t i = 0; i < 4; ++i)
            if (first_refused_at[i] == 0 && refused(shedder, importances[i]) > 0)
                first_refused_at[i] = shedder.level();
        EXPECT_EQ(refused(shedder, Importance::health), 0);
    }
    EXPECT_TRUE(std::is_sorted(first_refused_at.begin(), first_refused_at.end()));
    EXPECT_EQ(refused(shedder, Importance::list), 100);
    EXPECT_EQ(refused(shedder, Importance::move), 100);
}

TEST(LoadShedder, RisesFasterTheFurtherWaitsAreAboveTheTarget) {
    const auto level_after = [](Duration delay) {
        LoadShedder shedder({});
        wait(shedder, MonoTime{0}, delay, milliseconds(810));
        return shedder.level();
    };
    EXPECT_EQ(level_after(milliseconds(99)), 0U);
    EXPECT_EQ(level_after(milliseconds(150)), 80U);
    EXPECT_EQ(level_after(milliseconds(250)), 160U);
    EXPECT_EQ(level_after(seconds(4)), 320U) << "all but moves, and those by small steps";
}

TEST(LoadShedder, RecoversWithinTenSecondsOnceWaitsAreShortAgain) {
    LoadShedder shedder({});
    MonoTime now = wait(shedder, MonoTime{0}, seconds(1), seconds(60));
    now = wait(shedder, now, milliseconds(1), seconds(9));
    EXPECT_EQ(shedder.level(), 0U);
}

TEST(LoadShedder, RecoversInAQuietTimeInWhichNothingIsMeasured) {
    LoadShedder shedder({});
    const MonoTime now = wait(shedder, MonoTime{0}, seconds(1), seconds(60));
    shedder.waited(Duration::zero(), now + seconds(10));
    EXPECT_EQ(shedder.level(), 0U);
}

RC_GTEST_PROP(LoadShedder, NeverRefusesTheMoreImportantMoreOften,
              (const std::vector<std::uint16_t>& delays_ms)) {
    LoadShedder shedder({});
    MonoTime now{0};
    for (const std::uint16_t delay : delays_ms) {
        shedder.waited(milliseconds(delay), now);
        now = now + milliseconds(73);
        for (std::size_t i = 0; i + 1 < importances.size(); ++i)
            RC_ASSERT(refused(shedder, importances[i]) >= refused(shedder, importances[i + 1]));
    }
}

}  // namespace
}  // namespace waybill::resilience
