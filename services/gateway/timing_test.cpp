#include "services/gateway/timing.hpp"

#include <gtest/gtest.h>

namespace waybill::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

http::Headers with(std::string_view name, std::string_view value) {
    http::Headers headers;
    headers.add(name, value);
    return headers;
}

TEST(Timing, TakesNoPreferenceForAWaitThatIsNone) {
    for (const char* prefer : {"", "wait", "wait=", "wait=x", "wait=-1", "waits=5", "respond-async",
                               "return=minimal, handling=lenient"})
        EXPECT_FALSE(wait_asked_for(with("Prefer", prefer))) << prefer;
}

TEST(Timing, ReadsAWaitAmongPreferencesAndClampsIt) {
    EXPECT_EQ(wait_asked_for(with("Prefer", "wait=3")), Duration(seconds(3)));
    EXPECT_EQ(wait_asked_for(with("Prefer", "respond-async, Wait = \"4\"; x=y")),
              Duration(seconds(4)));
    EXPECT_EQ(wait_asked_for(with("prefer", "wait=100000")), Duration(seconds(10)));
}

TEST(Timing, GivesTheRoutesTimeUnlessTheClientAsksForAnother) {
    EXPECT_EQ(time_allowed({}, seconds(5)).value(), Duration(seconds(5)));
    EXPECT_EQ(time_allowed(with("Request-Timeout", "0.5"), seconds(5)).value(),
              Duration(milliseconds(500)));
    EXPECT_EQ(time_allowed(with("Request-Timeout", "30"), seconds(5)).value(),
              Duration(seconds(30)));
    EXPECT_FALSE(time_allowed(with("Request-Timeout", "soon"), seconds(5)));
}

TEST(Timing, GivesAWaitTwoSecondsMoreThanItself) {
    EXPECT_EQ(time_allowed(with("Prefer", "wait=1"), seconds(5)).value(), Duration(seconds(5)));
    EXPECT_EQ(time_allowed(with("Prefer", "wait=10"), seconds(5)).value(), Duration(seconds(12)));
}

}  // namespace
}  // namespace waybill::gateway
