#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "chassis/base/json.hpp"
#include "chassis/telemetry/call_sites.hpp"
#include "chassis/telemetry/fakes.hpp"
#include "chassis/telemetry/resources.hpp"
#include "chassis/telemetry/stdout_sink.hpp"

namespace waybill::telemetry {
namespace {

using testing::Rig;

struct Pipe {
    Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
    ~Pipe() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    std::string read(std::size_t size) {
        std::string text(size, '\0');
        const auto count = ::read(ends[0], text.data(), size);
        text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return text;
    }
    std::array<int, 2> ends{};
};

TEST(Logger, LeavesOutWhatIsLessSevereThanAskedFor) {
    Rig rig;
    rig.pipeline.service("orders").log().debug("detail");
    rig.pipeline.flush();
    EXPECT_TRUE(rig.logs.messages().empty());
}

TEST(Logger, CountsFieldsThatDoNotFitAndCutsALongBody) {
    Rig rig;
    const std::string large(3'000, 'x');
    rig.pipeline.service("orders").log().info(std::string(2'000, 'b'),
                                              {{"a", large}, {"b", large}, {"c", 1}});
    rig.pipeline.flush();
    const auto record = rig.logs.messages().at(0);
    EXPECT_EQ(testing::Message(record.text(5)).text(1), std::string(1'024, 'b'));
    EXPECT_EQ(record.number(7), 1U);
    EXPECT_TRUE(record.attributes(6).contains("a"));
    EXPECT_EQ(record.attributes(6).at("c"), "int:1");
}

TEST(Logger, WritesOtlpRecordsThatReadBack) {
    Rig rig;
    Telemetry& orders = rig.pipeline.service("orders");
    const TraceContext trace = orders.tracer().fresh_context({});
    orders.log().event("waybill.order.created", "An order was placed",
                       {{"waybill.order.number", "WB-1"},
                        {"waybill.count", 3},
                        {"waybill.idempotency.replayed", false},
                        {"waybill.duration", 1.5}},
                       trace);
    rig.pipeline.flush();
    const auto record = rig.logs.messages().at(0);
    EXPECT_EQ(record.number(1), static_cast<std::uint64_t>(Rig::start.us) * 1000);
    EXPECT_EQ(record.number(11), record.number(1));
    EXPECT_EQ(record.number(2), 9U);
    EXPECT_EQ(record.text(3), "INFO");
    EXPECT_EQ(testing::Message(record.text(5)).text(1), "An order was placed");
    EXPECT_EQ(record.number(8), 3U);
    EXPECT_EQ(record.text(9).size(), 16U);
    EXPECT_EQ(record.text(10).size(), 8U);
    EXPECT_EQ(record.text(12), "waybill.order.created");
    const auto attributes = record.attributes(6);
    EXPECT_EQ(attributes.at("waybill.order.number"), "text:WB-1");
    EXPECT_EQ(attributes.at("waybill.count"), "int:3");
    EXPECT_EQ(attributes.at("waybill.idempotency.replayed"), "bool:false");
    EXPECT_EQ(attributes.at("waybill.duration"), "double:1.500000");
    EXPECT_EQ(attributes.at("code.file.path"), "text:chassis/telemetry/log_test.cpp");
}

TEST(Logger, LimitsEachCallSiteAndSaysWhatItSuppressed) {
    PipelineOptions options;
    options.log_rate = {.per_second = 10, .burst = 5};
    Rig rig(options);
    Logger& log = rig.pipeline.service("orders").log();
    const auto flood = [&] { log.warn("again"); };
    for (int i = 0; i < 100; ++i) flood();
    log.warn("another site is not concerned");
    rig.pipeline.flush();
    EXPECT_EQ(rig.logs.messages().size(), 6U);
    rig.env->run_for(std::chrono::seconds(1));
    flood();
    rig.pipeline.flush();
    const auto records = rig.logs.messages();
    ASSERT_EQ(records.size(), 7U);
    EXPECT_EQ(records[6].attributes(6).at("waybill.log.suppressed"), "int:95");
    const std::string text = rig.pipeline.metrics("").text;
    EXPECT_NE(text.find("waybill_telemetry_log_suppressed_total{service_name=\"orders\""),
              std::string::npos);
    EXPECT_NE(text.find("\"} 95\n"), std::string::npos);
}

TEST(Logger, StillWritesWhenTelemetryIsSwitchedOff) {
    PipelineOptions options;
    options.enabled = false;
    Rig rig(options);
    Telemetry& orders = rig.pipeline.service("orders");
    orders.log().info("on");
    orders.tracer().start("x", Kind::internal, {}).end();
    orders.meter().counter("waybill.order.transition").add();
    rig.pipeline.flush();
    EXPECT_EQ(rig.logs.messages().size(), 1U);
    EXPECT_TRUE(rig.spans.messages().empty());
    EXPECT_EQ(rig.pipeline.metrics("").text.find("waybill_order_transition"), std::string::npos);
}

TEST(LineSink, WritesOneJsonObjectALine) {
    Pipe pipe;
    auto env = VirtualEnv::create(1, Rig::start);
    PipelineOptions options;
    options.log_fd = pipe.ends[1];
    Pipeline pipeline(*env, options);
    Telemetry& orders = pipeline.service("orders");
    const TraceContext trace = orders.tracer().fresh_context({});
    orders.log().event("waybill.order.created", "placed \"it\"",
                       {{"waybill.order.number", "WB-\x80\n"}, {"waybill.count", 3}}, trace);
    pipeline.stop(Deadline::after(env->monotonic(), std::chrono::seconds(1)));
    const std::string line = pipe.read(4096);
    ASSERT_TRUE(line.ends_with("\n"));
    const auto document = json::parse(line);
    ASSERT_TRUE(document.has_value()) << document.error().detail;
    const auto& read = document->root();
    const std::vector<std::string> order{"timestamp", "severity",   "body",
                                         "trace_id",  "span_id",    "trace_flags",
                                         "service",   "event_name", "attributes"};
    ASSERT_EQ(read.members().size(), order.size());
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(read.members()[i].name, order[i]);
    EXPECT_EQ(read.text_at("timestamp"), Rig::start.to_string());
    EXPECT_EQ(read.text_at("severity"), "INFO");
    EXPECT_EQ(read.text_at("body"), "placed \"it\"");
    EXPECT_EQ(read.text_at("trace_id"), trace.trace_id_hex());
    EXPECT_EQ(read.text_at("span_id"), trace.span_id_hex());
    EXPECT_EQ(read.text_at("trace_flags"), "03");
    EXPECT_EQ(read.text_at("service"), "orders");
    EXPECT_EQ(read.find("attributes")->text_at("waybill.order.number"), "WB-\xef\xbf\xbd\n");
    EXPECT_EQ(read.find("attributes")->find("waybill.count")->as_int64(), 3);
}

TEST(LineSink, WritesLinesForPeopleWithoutControlCharacters) {
    std::string out;
    EncodedLog log;
    log.severity = Severity::warn;
    log.time_us = Rig::start.us;
    log.body = "bad \x1b[31m name";
    append_text_line(out, log, "orders");
    EXPECT_EQ(out.find('\x1b'), std::string::npos);
    EXPECT_NE(out.find("WARN  orders: "), std::string::npos);
    out.clear();
    log.body = "plain";
    append_text_line(out, log, "orders");
    EXPECT_TRUE(out.ends_with("WARN  orders: plain\n")) << out;
}

TEST(LineSink, NeverWaitsForAReaderAndCountsWhatItDropped) {
    Pipe pipe;
    auto env = VirtualEnv::create(1, Rig::start);
    Resources resources({}, Rig::start);
    resources.add("orders");
    LineSink sink(*env, resources, pipe.ends[1], LogFormat::json);
    EncodedLog log;
    const std::string body(1'000, 'b');
    log.body = body;
    for (int i = 0; i < 2'000; ++i) sink.logs({&log, 1});
    EXPECT_GT(sink.dropped(), 1'000U);
    EXPECT_LT(sink.dropped(), 2'000U);
    sink.flush(Deadline{env->monotonic()});  // its time is up: returns at once
    std::string all;
    while (all.find('\n', all.size() < 70'000 ? 0 : all.size() - 1) == std::string::npos ||
           all.size() < 400'000) {
        all += pipe.read(65'536);
        sink.flush(Deadline{env->monotonic()});
    }
    EXPECT_TRUE(all.starts_with("{\"timestamp\""));
}

TEST(CallSites, GiveASiteItsTurnAgainAfterItsInterval) {
    CallSites sites({.per_second = 1, .burst = 1});
    std::uint32_t suppressed = 0;
    const auto where = std::source_location::current();
    EXPECT_TRUE(sites.admit(where, MonoTime{1'000'000}, suppressed));
    EXPECT_FALSE(sites.admit(where, MonoTime{1'000'000}, suppressed));
    EXPECT_FALSE(sites.admit(where, MonoTime{1'999'999}, suppressed));
    EXPECT_TRUE(sites.admit(where, MonoTime{2'000'000}, suppressed));
    EXPECT_EQ(suppressed, 2U);
}

}  // namespace
}  // namespace waybill::telemetry
