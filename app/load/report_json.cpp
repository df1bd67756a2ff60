#include "app/load/report.hpp"
#include "chassis/base/json_writer.hpp"

namespace waybill::load {
namespace {

void write_histogram(json::Writer& out, const Histogram& values) {
    out.begin_object();
    out.plain_key("count").number(values.count());
    out.plain_key("mean").number(std::int64_t{values.mean().count()});
    out.plain_key("p50").number(std::int64_t{values.at(0.5).count()});
    out.plain_key("p90").number(std::int64_t{values.at(0.9).count()});
    out.plain_key("p99").number(std::int64_t{values.at(0.99).count()});
    out.plain_key("p99_9").number(std::int64_t{values.at(0.999).count()});
    out.plain_key("max").number(std::int64_t{values.max().count()});
    out.end_object();
}

void write_operation(json::Writer& out, const OperationTally& operation) {
    out.begin_object();
    out.plain_key("arrivals").number(operation.arrivals);
    out.plain_key("replaced").number(operation.replaced);
    out.plain_key("latency_us").begin_object();
    for (std::size_t i = 0; i < outcome_count; ++i) {
        if (operation.latency[i].count() == 0) continue;
        out.plain_key(outcome_names[i]);
        write_histogram(out, operation.latency[i]);
    }
    out.end_object().end_object();
}

void write_tally(json::Writer& out, const Tally& tally, Duration time) {
    out.plain_key("arrivals").number(tally.arrivals());
    out.plain_key("attempts").number(tally.attempts);
    out.plain_key("late").number(tally.late);
    out.plain_key("outcomes").begin_object();
    for (std::size_t i = 0; i < outcome_count; ++i)
        out.plain_key(outcome_names[i]).number(tally.count(static_cast<Outcome>(i)));
    out.end_object();
    const double seconds = static_cast<double>(time.count()) / 1e6;
    const auto acknowledged = static_cast<double>(tally.count(Outcome::acknowledged));
    out.plain_key("acknowledged_per_second").number(seconds > 0 ? acknowledged / seconds : 0);
    out.plain_key("kinds").begin_object();
    for (const auto& [kind, count] : tally.kinds) out.key(kind).number(count);
    out.end_object();
    out.plain_key("wait_us");
    write_histogram(out, tally.wait);
    out.plain_key("latency_us");
    write_histogram(out, tally.latency(Outcome::acknowledged));
    out.plain_key("operations").begin_object();
    for (std::size_t i = 0; i < operation_count; ++i) {
        const OperationTally& operation = tally.operations[i];
        std::uint64_t ended = 0;
        for (const auto& latency : operation.latency) ended += latency.count();
        if (operation.arrivals + ended == 0) continue;
        out.plain_key(operation_names[i]);
        write_operation(out, operation);
    }
    out.end_object();
}

void write_facts(json::Writer& out, const RunFacts& facts) {
    out.plain_key("url").string(facts.url);
    out.plain_key("mix").string(facts.mix);
    out.plain_key("retry").string(facts.retry);
    out.plain_key("arrivals_kind").string(facts.arrivals);
    out.plain_key("seed").number(facts.seed);
    out.plain_key("connections").number(std::uint64_t{facts.connections});
    out.plain_key("threads").number(std::uint64_t{facts.threads});
    out.plain_key("timeout_us").number(std::int64_t{facts.timeout.count()});
    out.plain_key("cpu_seconds").number(facts.cpu_seconds);
}

void write_phases(json::Writer& out, const RunResult& result) {
    out.plain_key("phases").begin_array();
    for (const auto& each : result.phases) {
        const Duration time = std::min(each.phase.length, result.elapsed - each.began);
        out.begin_object();
        out.plain_key("name").string(each.phase.name);
        out.plain_key("counted").boolean(each.phase.counted);
        out.plain_key("began_us").number(std::int64_t{each.began.count()});
        out.plain_key("seconds").number(static_cast<double>(time.count()) / 1e6);
        out.plain_key("rate_from").number(each.phase.from);
        out.plain_key("rate_to").number(each.phase.to);
        write_tally(out, each.tally, time);
        out.end_object();
    }
    out.end_array();
}

void write_timeline(json::Writer& out, const RunResult& result) {
    out.plain_key("timeline").begin_array();
    const auto& seconds = result.timeline.seconds();
    for (std::size_t i = 0; i < seconds.size(); ++i) {
        out.begin_object();
        out.plain_key("second").number(std::uint64_t{i});
        out.plain_key("arrivals").number(seconds[i].arrivals);
        out.plain_key("served").number(seconds[i].served);
        for (std::size_t j = 0; j < outcome_count; ++j)
            out.plain_key(outcome_names[j]).number(seconds[i].ended[j]);
        const Duration p99 = i < result.p99.size() ? result.p99[i] : Duration::zero();
        out.plain_key("p99_us").number(std::int64_t{p99.count()});
        out.end_object();
    }
    out.end_array();
}

void write_overload(json::Writer& out, const OverloadResult& overload) {
    out.plain_key("overload").begin_object();
    out.plain_key("peak_per_second").number(overload.peak);
    out.plain_key("goodput_per_second").number(overload.goodput);
    out.plain_key("ratio").number(overload.ratio);
    out.plain_key("recovery_seconds");
    if (overload.recovery)
        out.number(static_cast<double>(overload.recovery->count()) / 1e6);
    else
        out.null();
    out.end_object();
}

void write_slo(json::Writer& out, const std::vector<Judgement>& judgements) {
    out.plain_key("slo").begin_array();
    for (const auto& each : judgements) {
        out.begin_object();
        out.plain_key("objective").string(each.objective.text);
        out.plain_key("limit").number(each.objective.limit);
        out.plain_key("measured").number(each.measured);
        out.plain_key("met").boolean(each.met);
        out.end_object();
    }
    out.end_array();
}

}  // namespace

std::string json_of(const RunFacts& facts, const RunResult& result,
                    const std::vector<Judgement>& judgements) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    write_facts(out, facts);
    out.plain_key("began").time(result.began);
    out.plain_key("elapsed_us").number(std::int64_t{result.elapsed.count()});
    out.plain_key("interrupted").boolean(result.interrupted);
    out.plain_key("total").begin_object();
    write_tally(out, result.total(), result.counted_time());
    out.end_object();
    write_phases(out, result);
    if (result.overload) write_overload(out, *result.overload);
    write_slo(out, judgements);
    write_timeline(out, result);
    out.end_object();
    return text;
}

}  // namespace waybill::load
