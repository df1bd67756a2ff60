#include <gtest/gtest.h>

#include <string>

#include "chassis/telemetry/allocation_count.hpp"
#include "chassis/telemetry/fakes.hpp"

namespace waybill::telemetry {
namespace {

using testing::Message;
using testing::Rig;

std::string raw(const auto& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TraceContext context(std::uint8_t flags) {
    TraceContext made;
    made.trace_id.fill(0x11);
    made.span_id.fill(0x22);
    made.flags = flags;
    return made;
}

TEST(Span, OfASilentTracerRecordsNothingAndCarriesTheParentOn) {
    const TraceContext parent = context(0x03);
    Span span = nowhere().tracer().start("store.commit", Kind::internal, parent);
    span.set("waybill.batch.size", 3).fail("timeout");
    EXPECT_FALSE(span.recording());
    EXPECT_EQ(span.context(), parent);
    span.end();
}

TEST(Span, UnderAnUnsampledParentIsNotRecordedButKeepsItsTrace) {
    Rig rig;
    Telemetry& orders = rig.pipeline.service("orders");
    Span span = orders.tracer().start("store.commit", Kind::internal, context(0x02));
    EXPECT_FALSE(span.recording());
    EXPECT_EQ(span.context().trace_id, context(0).trace_id);
    EXPECT_NE(span.context().span_id, context(0).span_id);
    EXPECT_EQ(span.context().flags, 0x02);
    span.end();
    rig.pipeline.flush();
    EXPECT_TRUE(rig.spans.messages().empty());
}

TEST(Span, DestroyedBeforeItsEndEndsAsCancelled) {
    Rig rig;
    {
        Span span = rig.pipeline.service("orders").tracer().start("x", Kind::client, {});
    }
    rig.pipeline.flush();
    const auto spans = rig.spans.messages();
    ASSERT_EQ(spans.size(), 1U);
    EXPECT_EQ(spans[0].attributes(9).at("waybill.cancelled"), "bool:true");
    EXPECT_FALSE(spans[0].bytes.contains(15)) << "a cancelled span has no status";
}

TEST(Span, ReadsBackAsItWasWritten) {
    Rig rig;
    const TraceContext parent = context(0x03);
    Span span = rig.pipeline.service("orders").tracer().start("GET", Kind::server, parent);
    const std::string long_text(300, 'a');
    span.rename("GET /v1/orders/{id}")
        .set("http.request.method", "GET")
        .set("url.path", long_text)
        .set("http.response.status_code", 404)
        .set("messaging.batch.message_count", std::int64_t{-5})
        .set("db.operation.batch.size", std::int64_t{1} << 40)
        .set("http.request.resend_count", 0)
        .set("server.port", 65'535)
        .set("waybill.idempotency.replayed", true)
        .set("waybill.duration", 0.5)
        .set("url.query", "");
    rig.env->run_for(std::chrono::milliseconds(250));
    const TraceContext own = span.context();
    span.end();
    rig.pipeline.flush();

    const auto spans = rig.spans.messages();
    ASSERT_EQ(spans.size(), 1U);
    const Message& read = spans[0];
    EXPECT_EQ(read.text(1), raw(own.trace_id));
    EXPECT_EQ(own.trace_id, parent.trace_id);
    EXPECT_EQ(read.text(2), raw(own.span_id));
    EXPECT_EQ(read.text(4), raw(parent.span_id));
    EXPECT_EQ(read.text(5), "GET /v1/orders/{id}");
    EXPECT_EQ(read.number(6), 2U);
    EXPECT_EQ(read.number(7), static_cast<std::uint64_t>(Rig::start.us) * 1000);
    EXPECT_EQ(read.number(8) - read.number(7), 250'000'000U);
    EXPECT_EQ(read.number(10), 0U) << "nothing was dropped";
    EXPECT_EQ(read.number(16), 0x303U) << "sampled, random, of a remote parent";
    const std::map<std::string, std::string> expected{
        {"http.request.method", "text:GET"},
        {"url.path", "text:" + long_text},
        {"http.response.status_code", "int:404"},
        {"messaging.batch.message_count", "int:-5"},
        {"db.operation.batch.size", "int:1099511627776"},
        {"http.request.resend_count", "int:0"},
        {"server.port", "int:65535"},
        {"waybill.idempotency.replayed", "bool:true"},
        {"waybill.duration", "double:0.500000"},
        {"url.query", "text:"}};
    EXPECT_EQ(read.attributes(9), expected);
}

TEST(Span, TextsOfEveryLengthReadBack) {
    for (std::size_t size = 0; size < 200; ++size) {
        Rig rig;
        std::string text;
        for (std::size_t i = 0; i < size; ++i) text.push_back(static_cast<char>('0' + i % 75));
        rig.pipeline.service("orders")
            .tracer()
            .start(text, Kind::internal, {})
            .set(text, text)
            .end();
        rig.pipeline.flush();
        const Message read = rig.spans.messages().at(0);
        EXPECT_EQ(read.text(5), text.substr(0, Span::name_bytes_max));
        EXPECT_EQ(read.attributes(9).at(text), "text:" + text);
    }
}

TEST(Span, NumbersOfEveryLengthReadBack) {
    for (unsigned shift = 0; shift < 64; ++shift)
        for (const std::int64_t less : {0, 1}) {
            Rig rig;
            const auto value = static_cast<std::int64_t>((std::uint64_t{1} << shift) -
                                                         static_cast<std::uint64_t>(less));
            rig.pipeline.service("a").tracer().start("x", Kind::internal, {}).set("n", value).end();
            rig.pipeline.flush();
            EXPECT_EQ(rig.spans.messages().at(0).attributes(9).at("n"),
                      "int:" + std::to_string(value));
        }
}

TEST(Span, WhatDoesNotFitIsCountedAndAFailureStillFits) {
    Rig rig;
    Span span = rig.pipeline.service("orders").tracer().start("x", Kind::internal, {});
    for (int i = 0; i < 40; ++i) span.set("attribute." + std::to_string(i), std::string(60, 'v'));
    span.fail("timeout");
    span.end();
    rig.pipeline.flush();
    const Message read = rig.spans.messages().at(0);
    const auto attributes = read.attributes(9);
    EXPECT_EQ(attributes.at("error.type"), "text:timeout");
    EXPECT_GT(attributes.size(), 5U);
    EXPECT_EQ(attributes.size() - 1 + read.number(10), 40U);
}

TEST(Span, ItsFirstFailureIsItsStatus) {
    Rig rig;
    Span span = rig.pipeline.service("orders").tracer().start("x", Kind::internal, {});
    span.fail("timeout", "no answer in 2 s").fail("other");
    span.end();
    rig.pipeline.flush();
    const Message read = rig.spans.messages().at(0);
    EXPECT_EQ(read.attributes(9).at("error.type"), "text:timeout");
    std::string merged;
    for (const auto& part : read.bytes.at(15)) merged += part;
    EXPECT_EQ(Message(merged).text(2), "no answer in 2 s");
    EXPECT_EQ(Message(merged).number(3), 2U);
}

TEST(Span, KeepsAHundredAndTwentyEightLinksAndCountsTheRest) {
    Rig rig;
    Span span = rig.pipeline.service("orders").tracer().start("store.batch", Kind::internal, {});
    for (int i = 0; i < 130; ++i) {
        TraceContext other = context(0x03);
        other.span_id[0] = static_cast<std::uint8_t>(i + 1);
        span.link(other);
    }
    span.link(TraceContext{});
    Span moved = std::move(span);
    moved.end();
    rig.pipeline.flush();
    const Message read = rig.spans.messages().at(0);
    ASSERT_EQ(read.bytes.at(13).size(), 128U);
    for (std::size_t i = 0; i < 128; ++i) {
        const Message link(read.bytes.at(13)[i]);
        EXPECT_EQ(link.text(1), std::string(16, '\x11'));
        EXPECT_EQ(static_cast<unsigned char>(link.text(2)[0]), i + 1);
        EXPECT_EQ(link.number(6), 0x03U);
    }
    EXPECT_EQ(read.number(14), 3U);
}

TEST(Span, AsARootStartsASampledTraceWithTheRandomFlag) {
    Rig rig;
    Tracer& tracer = rig.pipeline.service("orders").tracer();
    Span first = tracer.start("x", Kind::internal, {});
    Span second = tracer.start("x", Kind::internal, {});
    EXPECT_TRUE(first.context().valid());
    EXPECT_EQ(first.context().flags, 0x03);
    EXPECT_NE(first.context().trace_id, second.context().trace_id);
    first.end();
    second.end();
}

TEST(Span, GivenAContextBeforehandKeepsIt) {
    Rig rig;
    Tracer& tracer = rig.pipeline.service("orders").tracer();
    const TraceContext parent = context(0x03);
    const TraceContext own = tracer.fresh_context(parent);
    Span span = tracer.start_as(own, "create x", Kind::producer, parent, Timestamp{1'000'000});
    EXPECT_EQ(span.context(), own);
    span.end_at(Timestamp{1'500'000});
    rig.pipeline.flush();
    const Message read = rig.spans.messages().at(0);
    EXPECT_EQ(read.text(2), raw(own.span_id));
    EXPECT_EQ(read.text(4), raw(parent.span_id));
    EXPECT_EQ(read.number(7), 1'000'000'000U);
    EXPECT_EQ(read.number(8), 1'500'000'000U);
}

TEST(Span, OverAClockThatWasSetBackLastsNoTime) {
    Rig rig;
    Span span = rig.pipeline.service("orders").tracer().start("x", Kind::internal, {});
    rig.env->step_clock(std::chrono::seconds(-5));
    span.end();
    rig.pipeline.flush();
    const Message read = rig.spans.messages().at(0);
    EXPECT_EQ(read.number(7), read.number(8));
}

TEST(Span, AllocatesNothingFromStartToEnd) {
    if (!testing::counts_allocations) GTEST_SKIP() << "nothing counts allocations here";
    Rig rig;
    Telemetry& orders = rig.pipeline.service("orders");
    const Counter counter = orders.meter().counter("waybill.order.transition");
    const Histogram duration = orders.meter().histogram("http.server.request.duration");
    const TraceContext parent = context(0x03);
    const auto work = [&] {
        Span span = orders.tracer().start("GET /v1/orders/{id}", Kind::server, parent);
        span.set("http.request.method", "GET").set("http.response.status_code", 200).link(parent);
        Span moved = std::move(span);
        moved.fail("timeout", "late");
        counter.add(1, moved.context());
        duration.record(0.01, moved.context());
        orders.log().info("Answered", {{"http.route", "/v1/orders/{id}"}}, moved.context());
        moved.end();
        Span cancelled = orders.tracer().start("x", Kind::client, parent);
    };
    work();  // the thread's first record makes its ring and wakes the exporter
    const std::size_t before = testing::allocations();
    for (int i = 0; i < 20; ++i) work();
    EXPECT_EQ(testing::allocations(), before);
    EXPECT_NE(before, 0U);
}

TEST(Span, WithoutRoomInTheRingIsDroppedAndCounted) {
    PipelineOptions options;
    options.ring_bytes_max = std::size_t{16} << 10U;
    Rig rig(options);
    Tracer& tracer = rig.pipeline.service("orders").tracer();
    for (int i = 0; i < 1'000; ++i)
        tracer.start("x", Kind::internal, {}).set("url.path", std::string(100, 'p')).end();
    rig.pipeline.flush();
    const std::size_t kept = rig.spans.messages().size();
    EXPECT_GT(kept, 20U);
    EXPECT_LT(kept, 1'000U);
    const std::string text = rig.pipeline.metrics("").text;
    EXPECT_NE(
        text.find("error_type=\"queue_full\",otel_component_type=\"waybill_ring_processor\"} " +
                  std::to_string(1'000 - kept)),
        std::string::npos);
    tracer.start("y", Kind::internal, {}).end();
    rig.pipeline.flush();
    EXPECT_EQ(rig.spans.messages().size(), kept + 1) << "a drained ring takes spans again";
}

TEST(Span, DropsAreLoggedAtMostOnceAMinute) {
    PipelineOptions options;
    options.ring_bytes_max = std::size_t{16} << 10U;
    Rig rig(options);
    Tracer& tracer = rig.pipeline.service("orders").tracer();
    const auto flood = [&] {
        for (int i = 0; i < 500; ++i)
            tracer.start("x", Kind::internal, {}).set("url.path", std::string(100, 'p')).end();
        rig.env->run_for(std::chrono::seconds(1));
    };
    for (int i = 0; i < 20; ++i) flood();
    ASSERT_EQ(rig.logs.messages().size(), 1U);
    EXPECT_EQ(rig.logs.messages()[0].text(12), "waybill.telemetry.dropped");
    rig.env->run_for(std::chrono::seconds(60));
    EXPECT_EQ(rig.logs.messages().size(), 2U);
    rig.env->run_for(std::chrono::seconds(600));
    EXPECT_EQ(rig.logs.messages().size(), 2U) << "nothing new to tell";
}

TEST(Exporter, DrainsByItselfAndRestsWhenNothingComes) {
    Rig rig;
    Tracer& tracer = rig.pipeline.service("orders").tracer();
    for (int i = 0; i < 3; ++i) {
        tracer.start("x", Kind::internal, {}).end();
        rig.env->run_for(std::chrono::seconds(1));
        EXPECT_EQ(rig.spans.messages().size(), static_cast<std::size_t>(i + 1));
    }
    EXPECT_EQ(rig.env->run_for(std::chrono::hours(1)), 0U) << "an idle process is not woken";
}

}  // namespace
}  // namespace waybill::telemetry
