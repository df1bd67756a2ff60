#include "chassis/resilience/deadline.hpp"

#include <gtest/gtest.h>

namespace waybill::resilience {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RequestTimeout, RefusesWhatIsNoDecimalOfSeconds) {
    for (const char* text : {"", "0", "0.0", "-1", "+1", " 1", "1 ", "1.", ".5", "1e1", "0x1",
                             "1,5", "30.000001", "31", "100", "1.0000001", "1.2.3", "nan"}) {
        const auto timeout = parse_request_timeout(text);
        ASSERT_FALSE(timeout) << text;
        EXPECT_EQ(timeout.error().problem, Problem::validation_failed);
        ASSERT_EQ(timeout.error().faults.size(), 1U);
        EXPECT_EQ(timeout.error().faults[0].pointer, "Request-Timeout");
    }
}

TEST(RequestTimeout, ReadsSecondsAndFractionsExactly) {
    EXPECT_EQ(parse_request_timeout("5").value(), Duration(seconds(5)));
    EXPECT_EQ(parse_request_timeout("30").value(), request_timeout_max);
    EXPECT_EQ(parse_request_timeout("0.25").value(), Duration(milliseconds(250)));
    EXPECT_EQ(parse_request_timeout("0.000001").value(), Duration(1));
    EXPECT_EQ(parse_request_timeout("29.999999").value(), Duration(29'999'999));
}

TEST(RequestTimeout, IsWrittenSoThatItIsNeverLongerThanWhatIsLeft) {
    EXPECT_EQ(format_request_timeout(Duration(4'999'999)), "4.999");
    EXPECT_EQ(format_request_timeout(seconds(5)), "5.000");
    EXPECT_EQ(format_request_timeout(Duration(1)), "0.001");
    EXPECT_EQ(parse_request_timeout(format_request_timeout(milliseconds(1234))).value(),
              Duration(milliseconds(1234)));
}

TEST(Within, NeverOutlivesTheCall) {
    const MonoTime now{1'000'000};
    const Deadline call = Deadline::after(now, seconds(2));
    EXPECT_EQ(within(call, now, seconds(5)), call);
    EXPECT_EQ(within(call, now, seconds(1)), Deadline::after(now, seconds(1)));
}

}  // namespace
}  // namespace waybill::resilience
