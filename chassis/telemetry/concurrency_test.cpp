#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "chassis/runtime/real_env.hpp"
#include "chassis/telemetry/fakes.hpp"

namespace waybill::telemetry {
namespace {

using testing::KeepingSpanSink;

PipelineOptions quiet(KeepingSpanSink& sink) {
    PipelineOptions options;
    options.log_fd = -1;
    options.process_metrics = false;
    options.span_sinks = {&sink};
    return options;
}

TEST(Recorder, LosesAndMixesNothingWhileManyThreadsRecordAndItDrains) {
    constexpr int threads = 4;
    constexpr int spans = 3'000;
    auto env = RealEnv::start(1);
    KeepingSpanSink sink;
    Pipeline pipeline(*env, quiet(sink));
    Telemetry& orders = pipeline.service("orders");
    const Counter counter = orders.meter().counter("waybill.order.transition");
    const Histogram histogram = orders.meter().histogram("http.server.request.duration");
    std::atomic<bool> stop{false};
    std::thread reader([&] {
        while (!stop) {
            pipeline.flush();
            (void)pipeline.metrics("");
            (void)pipeline.traces().traces({});
        }
    });
    std::vector<std::thread> writers;
    for (int t = 0; t < threads; ++t)
        writers.emplace_back([&, t] {
            for (int i = 0; i < spans; ++i) {
                const std::string id = std::to_string(t) + "-" + std::to_string(i);
                Span span = orders.tracer().start(id, Kind::internal, {});
                span.set("waybill.order.id", id);
                counter.add(1, span.context());
                histogram.record(0.01, span.context());
                orders.log().info("recorded", {{"waybill.order.id", id}}, span.context());
                span.end();
                if (i % 64 == 0) std::this_thread::yield();
            }
        });
    for (auto& writer : writers) writer.join();
    stop = true;
    reader.join();
    pipeline.stop(Deadline{env->monotonic()});
    std::set<std::string> seen;
    const auto messages = sink.messages();
    for (const auto& message : messages) {
        const std::string id = message.text(5);
        EXPECT_EQ(message.attributes(9).at("waybill.order.id"), "text:" + id);
        EXPECT_TRUE(seen.insert(id).second) << id << " came twice";
    }
    std::size_t dropped = 0;
    const std::string text = pipeline.metrics("").text;
    const std::string before = "error_type=\"queue_full\"";
    for (auto at = text.find("otel_sdk_processor_span_processed_total"); at != std::string::npos;
         at = text.find("otel_sdk_processor_span_processed_total", at + 1)) {
        const std::string line = text.substr(at, text.find('\n', at) - at);
        if (line.find(before) != std::string::npos)
            dropped += std::stoul(line.substr(line.rfind(' ') + 1));
    }
    EXPECT_EQ(seen.size() + dropped, static_cast<std::size_t>(threads * spans));
    EXPECT_NE(text.find("waybill_order_transition_total"), std::string::npos);
    EXPECT_NE(text.find("\"} 12000 #"), std::string::npos) << "every count is in";
    env->stop();
}

TEST(Recorder, GivesTheRingOfAnEndedThreadToTheNextOne) {
    auto env = RealEnv::start(1);
    KeepingSpanSink sink;
    Pipeline pipeline(*env, quiet(sink));
    Telemetry& orders = pipeline.service("orders");
    const auto limit = [&] {
        const std::string text = pipeline.metrics("").text;
        const auto at = text.find("\nwaybill_telemetry_ring_limit_bytes{");
        return text.substr(at, text.find('\n', at + 1) - at);
    };
    const auto record = [&] {
        std::thread([&] { orders.tracer().start("x", Kind::internal, {}).end(); }).join();
    };
    record();
    const std::string after_one = limit();
    for (int i = 0; i < 50; ++i) record();
    EXPECT_EQ(limit(), after_one);
    pipeline.stop(Deadline{env->monotonic()});
    EXPECT_EQ(sink.messages().size(), 51U);
    env->stop();
}

TEST(Recorder, KeepsPipelinesOfOneThreadApart) {
    testing::Rig one;
    testing::Rig two;
    Tracer& first = one.pipeline.service("orders").tracer();
    Tracer& second = two.pipeline.service("orders").tracer();
    for (int i = 0; i < 10; ++i) {
        first.start("first", Kind::internal, {}).end();
        second.start("second", Kind::internal, {}).end();
    }
    one.pipeline.flush();
    two.pipeline.flush();
    ASSERT_EQ(one.spans.messages().size(), 10U);
    ASSERT_EQ(two.spans.messages().size(), 10U);
    for (const auto& span : one.spans.messages()) EXPECT_EQ(span.text(5), "first");
    for (const auto& span : two.spans.messages()) EXPECT_EQ(span.text(5), "second");
}

TEST(Recorder, GivesTheSameIdsForTheSameSeed) {
    testing::Rig one;
    testing::Rig two;
    EXPECT_EQ(one.pipeline.service("orders").tracer().fresh_context({}),
              two.pipeline.service("orders").tracer().fresh_context({}));
}

}  // namespace
}  // namespace waybill::telemetry
