#include "chassis/runtime/counter_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

namespace waybill {
namespace {

std::int64_t system_us() {
    return std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

TEST(CounterClock, RunsWithinMicrosecondsOfTheSystemsClock) {
    CounterClock clock;
    const std::int64_t end = system_us() + 200'000;  // learning its rate takes 50 ms of these
    std::size_t reads = 0;
    std::size_t outside = 0;
    for (std::int64_t before = system_us(); before < end;) {
        const std::int64_t read = clock.now().us;
        const std::int64_t after = system_us();
        ++reads;
        // Being put aside between two reads widens the bracket, so it never counts as an error.
        if (read < before - 2 || read > after + 2) ++outside;
        before = after;
    }
    EXPECT_GT(reads, 1'000U);
    EXPECT_EQ(outside, 0U);
}

}  // namespace
}  // namespace waybill
