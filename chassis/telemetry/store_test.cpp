#include <gtest/gtest.h>

#include "chassis/base/json.hpp"
#include "chassis/telemetry/fakes.hpp"
#include "chassis/telemetry/resource.hpp"

namespace waybill::telemetry {
namespace {

using testing::Rig;

/// A server span of `service` with a child, `duration` long.
TraceContext record_trace(Rig& rig, std::string_view service, std::string_view name,
                          Duration duration, bool failed = false) {
    Tracer& tracer = rig.pipeline.service(service).tracer();
    Span root = tracer.start(name, Kind::server, {});
    Span child = tracer.start("SELECT orders", Kind::client, root.context());
    rig.env->run_for(duration);
    if (failed) child.fail("timeout");
    child.end();
    const TraceContext trace = root.context();
    root.end();
    rig.pipeline.flush();
    return trace;
}

std::vector<std::string> names(const Result<TracePage>& page) {
    std::vector<std::string> all;
    for (const auto& trace : page.value().traces) all.push_back(trace.name);
    return all;
}

using Names = std::vector<std::string>;

TEST(TraceStore, KnowsNoTraceItWasNotGiven) {
    Rig rig;
    EXPECT_FALSE(rig.pipeline.traces().trace("").has_value());
    EXPECT_FALSE(rig.pipeline.traces().trace("zz").has_value());
    EXPECT_FALSE(rig.pipeline.traces().trace(std::string(32, 'a')).has_value());
}

TEST(TraceStore, RefusesACursorOfAnotherList) {
    Rig rig;
    for (const auto* cursor : {"x", "12", "12-zz", "-"}) {
        const auto page = rig.pipeline.traces().traces({.cursor = cursor});
        ASSERT_FALSE(page.has_value()) << cursor;
        EXPECT_EQ(page.error().problem, Problem::malformed_request);
    }
}

TEST(TraceStore, GivesATraceAsOtlpJson) {
    Rig rig;
    const TraceContext trace =
        record_trace(rig, "orders", "POST /v1/orders", std::chrono::milliseconds(5), true);
    record_trace(rig, "orders", "other", std::chrono::milliseconds(5));
    const auto text = rig.pipeline.traces().trace(trace.trace_id_hex());
    ASSERT_TRUE(text.has_value());
    const auto document = json::parse(*text);
    ASSERT_TRUE(document.has_value()) << document.error().detail << *text;
    const auto& resources = document->find("resourceSpans")->items();
    ASSERT_EQ(resources.size(), 1U);
    const auto& resource = resources[0].find("resource")->find("attributes")->items();
    EXPECT_EQ(resource[0].text_at("key"), "service.name");
    EXPECT_EQ(resource[0].find("value")->text_at("stringValue"), "orders");
    const auto& scopes = resources[0].find("scopeSpans")->items();
    const auto& spans = scopes[0].find("spans")->items();
    ASSERT_EQ(spans.size(), 2U);
    const json::Value* child = spans[0].find("parentSpanId") != nullptr ? &spans[0] : &spans[1];
    const json::Value* root = child == &spans[0] ? &spans[1] : &spans[0];
    EXPECT_EQ(root->text_at("traceId"), trace.trace_id_hex());
    EXPECT_EQ(root->text_at("spanId"), trace.span_id_hex());
    EXPECT_EQ(root->text_at("name"), "POST /v1/orders");
    EXPECT_EQ(root->find("kind")->as_int64(), 2);
    EXPECT_EQ(root->text_at("startTimeUnixNano"), std::to_string(Rig::start.us) + "000");
    EXPECT_EQ(child->text_at("parentSpanId"), trace.span_id_hex());
    EXPECT_EQ(child->find("status")->find("code")->as_int64(), 2);
    EXPECT_EQ(child->find("attributes")->items()[0].find("value")->text_at("stringValue"),
              "timeout");
}

TEST(TraceStore, ListsTracesTheLatestFirst) {
    Rig rig;
    record_trace(rig, "orders", "first", std::chrono::milliseconds(10), true);
    record_trace(rig, "audit", "second", std::chrono::milliseconds(500));
    record_trace(rig, "orders", "third", std::chrono::milliseconds(20));
    const TraceStore& store = rig.pipeline.traces();
    EXPECT_EQ(names(store.traces({})), (Names{"third", "second", "first"}));
    EXPECT_EQ(names(store.traces({.service = "orders"})), (Names{"third", "first"}));
    EXPECT_EQ(names(store.traces({.service = "nobody"})), Names{});
    EXPECT_EQ(names(store.traces({.name = "ir"})), (Names{"third", "first"}));
    EXPECT_EQ(names(store.traces({.duration_min = std::chrono::milliseconds(100)})),
              Names{"second"});
    EXPECT_EQ(names(store.traces({.only_failed = true})), Names{"first"});
    EXPECT_EQ(names(store.traces({.since = Rig::start + std::chrono::milliseconds(11)})),
              Names{"third"});
    const TraceSummary first = store.traces({.only_failed = true}).value().traces[0];
    EXPECT_EQ(first.service, "orders");
    EXPECT_EQ(first.start, Rig::start);
    EXPECT_EQ(first.duration, std::chrono::milliseconds(10));
    EXPECT_EQ(first.span_count, 2U);
    EXPECT_EQ(first.error_count, 1U);
}

TEST(TraceStore, PagesWithoutMissingOrRepeatingATrace) {
    Rig rig;
    for (int i = 0; i < 25; ++i) {
        record_trace(rig, "orders", "t" + std::to_string(i), std::chrono::milliseconds(i % 2));
    }
    Names all;
    TraceFilter filter{.limit = 4};
    do {
        const auto page = rig.pipeline.traces().traces(filter);
        ASSERT_TRUE(page.has_value());
        EXPECT_LE(page->traces.size(), 4U);
        for (const auto& trace : page->traces) all.push_back(trace.name);
        filter.cursor = page->next_cursor;
    } while (!filter.cursor.empty());
    EXPECT_EQ(all.size(), 25U);
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 25U);
}

TEST(TraceStore, WritesItsPagesAsJson) {
    Rig rig;
    record_trace(rig, "orders", "one", std::chrono::microseconds(1500));
    record_trace(rig, "orders", "two", std::chrono::microseconds(1500));
    const auto page = rig.pipeline.traces().traces({.limit = 1});
    const auto document = json::parse(to_json(page.value()));
    ASSERT_TRUE(document.has_value());
    const auto& item = document->find("items")->items()[0];
    EXPECT_EQ(item.text_at("name"), "two");
    EXPECT_EQ(item.find("durationMs")->text(), "1.5");
    EXPECT_EQ(item.find("spanCount")->as_int64(), 2);
    EXPECT_EQ(document->text_at("nextCursor"), page->next_cursor);
}

TEST(TraceStore, StaysWithinItsBytesAndKeepsTheNewest) {
    PipelineOptions options;
    options.console_span_bytes = std::size_t{256} << 10U;
    Rig rig(options);
    Tracer& tracer = rig.pipeline.service("orders").tracer();
    for (int i = 0; i < 5'000; ++i) {
        Span span = tracer.start("n" + std::to_string(i), Kind::internal, {});
        span.set("url.path", std::string(200, 'p')).end();
        if (i % 100 == 99) rig.pipeline.flush();
        EXPECT_LE(rig.pipeline.traces().bytes(), options.console_span_bytes);
    }
    EXPECT_GT(rig.pipeline.traces().bytes(), options.console_span_bytes / 2);
    EXPECT_EQ(names(rig.pipeline.traces().traces({.name = "n4999"})), Names{"n4999"});
    EXPECT_EQ(names(rig.pipeline.traces().traces({.name = "n0"})), Names{});
}

TEST(TraceStore, ForgetsWhatIsTooOld) {
    PipelineOptions options;
    options.console_age = std::chrono::minutes(10);
    Rig rig(options);
    record_trace(rig, "orders", "old", std::chrono::milliseconds(1));
    rig.env->run_for(std::chrono::minutes(11));
    EXPECT_EQ(names(rig.pipeline.traces().traces({})), Names{});
    record_trace(rig, "orders", "new", std::chrono::milliseconds(1));
    EXPECT_EQ(names(rig.pipeline.traces().traces({})), Names{"new"});
}

TEST(LogStore, RefusesIdsAndCursorsThatAreNone) {
    Rig rig;
    EXPECT_FALSE(rig.pipeline.logs().logs(LogFilter{.trace_id = "x"}).has_value());
    EXPECT_FALSE(rig.pipeline.logs().logs(LogFilter{.cursor = "1x"}).has_value());
}

TEST(LogStore, FindsTheRecordsOfATrace) {
    Rig rig;
    Telemetry& orders = rig.pipeline.service("orders");
    const TraceContext trace = orders.tracer().fresh_context({});
    orders.log().info("inside", {{"waybill.count", 3}}, trace);
    orders.log().warn("outside");
    rig.pipeline.flush();
    const auto page = rig.pipeline.logs().logs(LogFilter{.trace_id = trace.trace_id_hex()});
    const auto document = json::parse(page.value().otlp_json);
    ASSERT_TRUE(document.has_value()) << page->otlp_json;
    const auto& resources = document->find("resourceLogs")->items();
    ASSERT_EQ(resources.size(), 1U);
    const auto& records = resources[0].find("scopeLogs")->items()[0].find("logRecords")->items();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].find("body")->text_at("stringValue"), "inside");
    EXPECT_EQ(records[0].text_at("traceId"), trace.trace_id_hex());
    EXPECT_EQ(records[0].find("severityNumber")->as_int64(), 9);
    EXPECT_EQ(records[0].find("attributes")->items()[0].find("value")->text_at("intValue"), "3");
}

TEST(LogStore, PagesFromTheLatestToTheFirst) {
    Rig rig;
    Logger& log = rig.pipeline.service("orders").log();
    for (int i = 0; i < 10; ++i) log.warn("m" + std::to_string(i));
    log.info("less severe");
    rig.pipeline.flush();
    std::string all;
    LogFilter filter{.severity_min = Severity::warn, .limit = 3};
    std::size_t pages = 0;
    do {
        const auto page = rig.pipeline.logs().logs(filter);
        ASSERT_TRUE(page.has_value());
        all += page->otlp_json;
        filter.cursor = page->next_cursor;
        ++pages;
    } while (!filter.cursor.empty());
    EXPECT_EQ(pages, 4U);
    std::size_t last = std::string::npos;
    for (int i = 0; i < 10; ++i) {
        const auto at = all.find("\"m" + std::to_string(i) + "\"");
        ASSERT_NE(at, std::string::npos) << i;
        EXPECT_LT(at, last);
        last = at;
    }
    EXPECT_EQ(all.find("less severe"), std::string::npos);
}

TEST(ResourceAttributes, AreReadAsTheEnvironmentVariableHasThem) {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(parse_resource_attributes(""), Pairs{});
    EXPECT_EQ(parse_resource_attributes("=x,novalue,,"), Pairs{});
    EXPECT_EQ(parse_resource_attributes("a=1, team = green%20field ,b=%zz"),
              (Pairs{{"a", "1"}, {"team", "green field"}, {"b", "%zz"}}));
}

TEST(Resource, KeepsItsIdentityAgainstFurtherAttributes) {
    const Resource made = make_resource(
        {.version = "1", .instance_id = "i", .further = {{"service.name", "x"}, {"team", "green"}}},
        "orders", Rig::start);
    std::size_t names = 0;
    for (const auto& [name, value] : made.attributes)
        if (name == "service.name") {
            ++names;
            EXPECT_EQ(std::get<std::string>(value), "orders");
        }
    EXPECT_EQ(names, 1U);
    EXPECT_EQ(made.attributes.back().first, "team");
}

}  // namespace
}  // namespace waybill::telemetry
