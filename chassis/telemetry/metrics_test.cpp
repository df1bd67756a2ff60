#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <regex>
#include <set>

#include "chassis/telemetry/contract.hpp"
#include "chassis/telemetry/fakes.hpp"
#include "chassis/telemetry/openmetrics.hpp"
#include "chassis/telemetry/process_probe.hpp"

namespace waybill::telemetry {
namespace {

using testing::Rig;

/// A sample line of an exposition, taken apart.
struct Sample {
    std::string name;
    std::map<std::string, std::string> labels;
    std::string value;
    std::map<std::string, std::string> exemplar;
    std::string exemplar_value;
    std::string exemplar_time;
};

std::map<std::string, std::string> read_labels(const std::string& text) {
    static const std::regex label("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\.)*)\",?");
    std::map<std::string, std::string> all;
    std::string::const_iterator at = text.begin();
    std::smatch match;
    while (
        std::regex_search(at, text.end(), match, label, std::regex_constants::match_continuous)) {
        EXPECT_TRUE(all.emplace(match[1], match[2]).second) << "a label twice in " << text;
        at = match[0].second;
    }
    EXPECT_EQ(at, text.end()) << text;
    return all;
}

std::vector<Sample> read_samples(const std::string& text) {
    static const std::regex line(
        "([a-zA-Z_:][a-zA-Z0-9_:]*)\\{(.*?)\\} (\\S+)( # \\{(.*?)\\} (\\S+) (\\S+))?");
    std::vector<Sample> all;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        const std::string one = text.substr(at, end - at);
        at = end + 1;
        if (one.starts_with("#")) continue;
        std::smatch match;
        EXPECT_TRUE(std::regex_match(one, match, line)) << one;
        all.push_back(
            {match[1], read_labels(match[2]), match[3], read_labels(match[5]), match[6], match[7]});
    }
    return all;
}

std::vector<Sample> samples_of(Rig& rig, const std::string& name) {
    auto all = read_samples(rig.pipeline.metrics("").text);
    std::erase_if(all, [&](const Sample& sample) { return sample.name != name; });
    return all;
}

TEST(MeterDeathTest, RefusesNamesTheContractDoesNotKnow) {
    EXPECT_DEATH(nowhere().meter().counter("waybill.nothing"), "contracts/telemetry.yaml");
    EXPECT_DEATH(nowhere().meter().gauge("waybill.order.transition"), "kind");
}

TEST(Meter, BindsTheSameAttributesToTheSameSeries) {
    Rig rig;
    Meter& meter = rig.pipeline.service("orders").meter();
    meter
        .counter("waybill.gateway.rejected",
                 {{"http.route", "/a"}, {"waybill.reject.reason", "auth"}})
        .add(2);
    meter
        .counter("waybill.gateway.rejected",
                 {{"waybill.reject.reason", "auth"}, {"http.route", "/a"}})
        .add(3);
    const auto samples = samples_of(rig, "waybill_gateway_rejected_total");
    ASSERT_EQ(samples.size(), 1U);
    EXPECT_EQ(samples[0].value, "5");
}

TEST(Meter, LeavesAttributesWithoutAValueOut) {
    Rig rig;
    rig.pipeline.service("orders")
        .meter()
        .counter("waybill.queue.dead_letter", {{"error.type", ""}})
        .add();
    const auto samples = samples_of(rig, "waybill_queue_dead_letter_total");
    ASSERT_EQ(samples.size(), 1U);
    EXPECT_FALSE(samples[0].labels.contains("error_type"));
}

TEST(Meter, SeparatesServicesOfOneProcess) {
    Rig rig;
    rig.pipeline.service("orders").meter().counter("waybill.inbox.duplicate").add(1);
    rig.pipeline.service("audit").meter().counter("waybill.inbox.duplicate").add(10);
    const auto samples = samples_of(rig, "waybill_inbox_duplicate_total");
    ASSERT_EQ(samples.size(), 2U);
    EXPECT_EQ(samples[0].labels.at("service_name"), "orders");
    EXPECT_EQ(samples[0].labels.at("job"), "waybill/orders");
    EXPECT_EQ(samples[0].labels.at("instance"), "0193a1b2-c3d4-4000-8000-000000000001");
    EXPECT_EQ(samples[1].labels.at("service_name"), "audit");
    EXPECT_EQ(samples[1].value, "10");
}

TEST(Meter, AboveTwoThousandSeriesFillsOneOverflowSeries) {
    Rig rig;
    Meter& meter = rig.pipeline.service("orders").meter();
    for (int i = 0; i < 2'100; ++i)
        meter
            .counter("waybill.inbox.duplicate", {{"messaging.destination.name", std::to_string(i)}})
            .add();
    meter.counter("waybill.inbox.duplicate", {{"messaging.destination.name", "5"}}).add();
    const auto samples = samples_of(rig, "waybill_inbox_duplicate_total");
    ASSERT_EQ(samples.size(), 2'001U);
    EXPECT_EQ(samples.back().labels.at("otel_metric_overflow"), "true");
    EXPECT_EQ(samples.back().value, "100");
    EXPECT_EQ(samples[5].value, "2") << "known series go on";
}

TEST(Histogram, CountsAValueInTheBucketsFromItsBoundUp) {
    Rig rig;
    const Histogram histogram =
        rig.pipeline.service("orders").meter().histogram("db.client.operation.duration");
    for (const double value : {0.001, 0.0011, 0.4, 20.0, std::nan("")}) histogram.record(value);
    const auto buckets = samples_of(rig, "db_client_operation_duration_seconds_bucket");
    ASSERT_EQ(buckets.size(), 10U);
    EXPECT_EQ(buckets[0].labels.at("le"), "0.001");
    EXPECT_EQ(buckets[0].value, "1");
    EXPECT_EQ(buckets[1].labels.at("le"), "0.005");
    EXPECT_EQ(buckets[1].value, "2");
    EXPECT_EQ(buckets[5].value, "3");
    EXPECT_EQ(buckets[6].labels.at("le"), "1.0");
    EXPECT_EQ(buckets[9].labels.at("le"), "+Inf");
    EXPECT_EQ(buckets[9].value, "4");
    EXPECT_EQ(samples_of(rig, "db_client_operation_duration_seconds_count")[0].value, "4");
    EXPECT_EQ(samples_of(rig, "db_client_operation_duration_seconds_sum")[0].value.substr(0, 7),
              "20.4021");
}

TEST(Histogram, ShowsTheTraceOfASampledMeasurementOnly) {
    Rig rig;
    Telemetry& orders = rig.pipeline.service("orders");
    const Histogram histogram = orders.meter().histogram("http.server.request.duration");
    TraceContext unsampled = orders.tracer().fresh_context({});
    unsampled.flags = 0x02;
    histogram.record(0.3, unsampled);
    Span span = orders.tracer().start("x", Kind::server, {});
    histogram.record(0.07, span.context());
    span.end();
    std::size_t with_exemplar = 0;
    for (const auto& bucket : samples_of(rig, "http_server_request_duration_seconds_bucket")) {
        if (bucket.exemplar.empty()) continue;
        ++with_exemplar;
        EXPECT_EQ(bucket.labels.at("le"), "0.075");
        EXPECT_EQ(bucket.exemplar.size(), 2U);
        EXPECT_EQ(bucket.exemplar.at("trace_id"), span.context().trace_id_hex());
        EXPECT_EQ(bucket.exemplar.at("span_id"), span.context().span_id_hex());
        EXPECT_EQ(bucket.exemplar_value, "0.07");
        EXPECT_EQ(bucket.exemplar_time, "1795000000.000000");
    }
    EXPECT_EQ(with_exemplar, 1U);
}

TEST(Counter, ShowsALaterTraceAfterASecond) {
    Rig rig;
    Telemetry& orders = rig.pipeline.service("orders");
    const Counter counter = orders.meter().counter("waybill.order.transition");
    const auto shown = [&] {
        return samples_of(rig, "waybill_order_transition_total").at(0).exemplar.at("trace_id");
    };
    const TraceContext first = orders.tracer().fresh_context({});
    const TraceContext second = orders.tracer().fresh_context({});
    counter.add(1, first);
    counter.add(1, second);
    EXPECT_EQ(shown(), first.trace_id_hex()) << "one exemplar a second is enough";
    rig.env->run_for(std::chrono::seconds(2));
    (void)rig.pipeline.metrics("");
    counter.add(1, second);
    EXPECT_EQ(shown(), second.trace_id_hex());
}

TEST(Meter, AsksObserversUntilTheyAreForgotten) {
    Rig rig;
    Meter& meter = rig.pipeline.service("orders").meter();
    const auto one = meter.observe("waybill.outbox.pending", {}, [] { return 3.0; });
    const auto two = meter.observe("waybill.outbox.pending", {}, [] { return 4.0; });
    EXPECT_EQ(samples_of(rig, "waybill_outbox_pending").at(0).value, "7");
    meter.forget(one);
    EXPECT_EQ(samples_of(rig, "waybill_outbox_pending").at(0).value, "4");
    meter.forget(two);
    meter.forget(two);
    EXPECT_TRUE(samples_of(rig, "waybill_outbox_pending").empty());
}

TEST(MetricsText, IsOpenMetricsUnlessPlainTextIsAskedFor) {
    Rig rig;
    rig.pipeline.service("orders").meter().counter("waybill.order.transition").add();
    const auto open = rig.pipeline.metrics("");
    EXPECT_EQ(open.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    EXPECT_TRUE(open.text.ends_with("# EOF\n"));
    EXPECT_NE(open.text.find("# TYPE waybill_order_transition counter\n"), std::string::npos);
    EXPECT_NE(open.text.find("# TYPE target info\n"), std::string::npos);
    const auto plain = rig.pipeline.metrics("text/plain;version=0.0.4, */*;q=0.1");
    EXPECT_EQ(plain.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(plain.text.find("# EOF"), std::string::npos);
    EXPECT_EQ(plain.text.find(" # {"), std::string::npos) << "no exemplars";
    EXPECT_NE(plain.text.find("# TYPE waybill_order_transition_total counter\n"),
              std::string::npos);
}

TEST(MetricsText, EscapesLabelValues) {
    Rig rig;
    rig.pipeline.service("orders")
        .meter()
        .counter("waybill.gateway.rejected", {{"http.route", "a\"b\\c\nd"}})
        .add();
    EXPECT_EQ(samples_of(rig, "waybill_gateway_rejected_total").at(0).labels.at("http_route"),
              "a\\\"b\\\\c\\nd");
}

TEST(MetricsText, TellsWhoTheTargetIs) {
    Rig rig;
    rig.pipeline.service("orders");
    const auto target = samples_of(rig, "target_info");
    ASSERT_EQ(target.size(), 1U);
    EXPECT_EQ(target[0].labels.at("service_name"), "orders");
    EXPECT_EQ(target[0].labels.at("service_version"), "1.2.3");
    EXPECT_EQ(target[0].labels.at("telemetry_sdk_name"), "waybill");
    EXPECT_EQ(target[0].labels.at("deployment_environment_name"), "development");
}

TEST(MetricsText, HoldsEachFamilyTogetherAndEachSeriesOnce) {
    Rig rig;
    for (const auto* name : {"orders", "audit", "gateway"}) {
        Telemetry& service = rig.pipeline.service(name);
        service.tracer().start("x", Kind::internal, {}).end();
        service.meter().histogram("http.server.request.duration").record(1);
    }
    rig.pipeline.flush();
    std::set<std::string> families;
    std::set<std::pair<std::string, std::map<std::string, std::string>>> series;
    const std::string text = rig.pipeline.metrics("").text;
    static const std::regex type("# TYPE (\\S+) ");
    for (std::sregex_iterator it(text.begin(), text.end(), type), end; it != end; ++it)
        EXPECT_TRUE(families.insert((*it)[1]).second) << (*it)[1];
    for (const auto& sample : read_samples(text))
        EXPECT_TRUE(series.emplace(sample.name, sample.labels).second) << sample.name;
    EXPECT_GT(families.size(), 10U);
}

TEST(MetricsText, NamesMetricsAsPrometheusDoes) {
    const auto name = [](std::string_view metric, Exposition format) {
        return family_name(instruments()[instrument_index(metric)], format);
    };
    EXPECT_EQ(name("http.server.request.duration", Exposition::open_metrics),
              "http_server_request_duration_seconds");
    EXPECT_EQ(name("process.cpu.time", Exposition::prometheus), "process_cpu_time_seconds_total");
    EXPECT_EQ(name("process.memory.usage", Exposition::open_metrics), "process_memory_usage_bytes");
    EXPECT_EQ(name("waybill.runtime.arena.bytes", Exposition::open_metrics),
              "waybill_runtime_arena_bytes");
    EXPECT_EQ(name("waybill.breaker.state", Exposition::open_metrics),
              "waybill_breaker_state_ratio");
    EXPECT_EQ(name("waybill.order.transition", Exposition::prometheus),
              "waybill_order_transition_total");
}

TEST(SelfMetrics, CountSpansByOriginAndThoseStillOpen) {
    Rig rig;
    Tracer& tracer = rig.pipeline.service("orders").tracer();
    Span root = tracer.start("x", Kind::internal, {});
    Span child = tracer.start("x", Kind::client, root.context());
    Span server = tracer.start("x", Kind::server, root.context());
    server.end();
    for (const auto& sample : samples_of(rig, "otel_sdk_span_started_total"))
        EXPECT_EQ(sample.value,
                  sample.labels.at("otel_span_sampling_result") == "DROP" ? "0" : "1");
    EXPECT_EQ(samples_of(rig, "otel_sdk_span_live").at(0).value, "2");
    EXPECT_EQ(samples_of(rig, "otel_sdk_processor_span_queue_size").at(0).value, "1");
    rig.pipeline.flush();
    EXPECT_EQ(samples_of(rig, "otel_sdk_processor_span_queue_size").at(0).value, "0");
}

TEST(ProcessFacts, AreThoseOfThisProcess) {
    const ProcessFacts facts = read_process_facts();
    EXPECT_GT(facts.cpu_user_s + facts.cpu_system_s, 0);
    EXPECT_GT(facts.memory_bytes, 1 << 20);
    EXPECT_GT(facts.memory_virtual_bytes, facts.memory_bytes);
    EXPECT_GE(facts.threads, 1);
    EXPECT_GE(facts.open_files, 3);
    EXPECT_GE(facts.open_files_limit, facts.open_files);
    EXPECT_GT(facts.faults_minor, 0);
}

TEST(Contract, ItsTableIsOrderedAndEveryHistogramHasRisingBounds) {
    std::string_view before;
    for (const Instrument& instrument : instruments()) {
        EXPECT_LT(before, instrument.name);
        before = instrument.name;
        EXPECT_EQ(instrument.kind == InstrumentKind::histogram, !instrument.bounds.empty());
        EXPECT_TRUE(std::is_sorted(instrument.bounds.begin(), instrument.bounds.end()));
        EXPECT_FALSE(instrument.description.empty());
    }
}

TEST(Contract, ItsGeneratedFilesAreUpToDate) {
    const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    const auto script = root / "contracts" / "generate_telemetry.py";
    ASSERT_TRUE(std::filesystem::exists(script)) << script;
    EXPECT_EQ(std::system(("python3 '" + script.string() + "' --check").c_str()), 0);
}

}  // namespace
}  // namespace waybill::telemetry
