#include "chassis/base/trace_context.hpp"

#include <gtest/gtest.h>

namespace waybill {
namespace {

constexpr const char* good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContext, RefusesMalformedHeaders) {
    for (const char* text : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                             "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                             "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                             "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
                             "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
                             "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01extra"})
        EXPECT_FALSE(TraceContext::parse(text)) << text;
}

TEST(TraceContext, IsWrittenAsItWasRead) {
    const auto context = TraceContext::parse(good);
    ASSERT_TRUE(context);
    EXPECT_EQ(context->traceparent(), good);
    EXPECT_EQ(context->trace_id_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(context->span_id_hex(), "00f067aa0ba902b7");
    EXPECT_EQ(context->flags, 1);
}

TEST(TraceContext, HigherVersionsAreReadLeniently) {
    const auto context =
        TraceContext::parse("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes");
    EXPECT_EQ(context, TraceContext::parse(good));
}

TEST(TraceContext, AnEmptyOneIsNotWritten) {
    EXPECT_FALSE(TraceContext{}.valid());
    EXPECT_EQ(TraceContext{}.traceparent(), "");
}

}  // namespace
}  // namespace waybill
