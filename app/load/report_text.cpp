#include <fmt/format.h>

#include <algorithm>

#include "app/load/report.hpp"
#include "app/load/units.hpp"

namespace waybill::load {
namespace {

std::string latency_row(std::string_view name, std::string_view outcome, const Histogram& values) {
    return fmt::format("  {:<11}{:<14}{:>10}{:>11}{:>11}{:>11}{:>11}{:>11}\n", name, outcome,
                       values.count(), show_time(values.at(0.5)), show_time(values.at(0.9)),
                       show_time(values.at(0.99)), show_time(values.at(0.999)),
                       show_time(values.max()));
}

std::string latency_table(const Tally& total) {
    std::string text =
        fmt::format("  {:<11}{:<14}{:>10}{:>11}{:>11}{:>11}{:>11}{:>11}\n", "operation", "outcome",
                    "count", "p50", "p90", "p99", "p99.9", "max");
    for (std::size_t i = 0; i < operation_count; ++i)
        for (std::size_t j = 0; j < outcome_count; ++j) {
            const Histogram& values = total.operations[i].latency[j];
            if (values.count() != 0)
                text += latency_row(operation_names[i], outcome_names[j], values);
        }
    return text + latency_row("all", "acknowledged", total.latency(Outcome::acknowledged));
}

std::string phase_lines(const RunResult& result) {
    std::string text;
    for (const auto& each : result.phases) {
        const double seconds =
            static_cast<double>(std::min(each.phase.length, result.elapsed - each.began).count()) /
            1e6;
        const auto acknowledged = static_cast<double>(each.tally.count(Outcome::acknowledged));
        const std::string rate =
            each.phase.from == each.phase.to
                ? fmt::format("{:.0f}/s", each.phase.from)
                : fmt::format("{:.0f} to {:.0f}/s", each.phase.from, each.phase.to);
        text += fmt::format("  {:<9}{:>16} for {:.0f} s: {:.0f}/s acknowledged{}\n",
                            each.phase.name, rate, seconds, acknowledged / std::max(seconds, 1e-6),
                            each.phase.counted ? "" : " (not counted)");
    }
    return text;
}

std::string kind_lines(const Tally& total) {
    if (total.kinds.empty()) return {};
    std::string text = "\nAttempts that were not acknowledged\n";
    for (const auto& [kind, count] : total.kinds)
        text += fmt::format("  {:>10}  {}\n", count, kind);
    return text;
}

std::string overload_lines(const OverloadResult& overload) {
    return fmt::format(
        "\nOverload: {:.0f}/s acknowledged, {:.2f} of the peak ({:.0f}/s); recovered {}\n",
        overload.goodput, overload.ratio, overload.peak,
        overload.recovery ? fmt::format("within {} s", overload.recovery->count() / 1'000'000 + 1)
                          : std::string("not within the phase"));
}

std::string show_measure(const Objective& objective, double value) {
    return objective.measure == Objective::Measure::errors
               ? fmt::format("{:.3g} %", value * 100)
               : show_time(Duration(static_cast<std::int64_t>(value)));
}

}  // namespace

std::string text_of(const RunFacts& facts, const RunResult& result,
                    const std::vector<Judgement>& judgements) {
    const Tally total = result.total();
    const double seconds = static_cast<double>(result.elapsed.count()) / 1e6;
    std::string text =
        fmt::format("{}: {} arrivals ({}), seed {}{}\n", facts.url, total.arrivals(),
                    facts.arrivals, facts.seed, result.interrupted ? "; interrupted" : "");
    text += phase_lines(result) + "\n" + latency_table(total) + kind_lines(total);
    text += fmt::format(
        "\nSent late (over 100 ms): {}; never sent: {}; waited for a connection: p99 {}, "
        "max {}\nThe generator used {:.2f} s of CPU in {:.1f} s, {:.0f} us a request\n",
        total.late, total.count(Outcome::unsent), show_time(total.wait.at(0.99)),
        show_time(total.wait.max()), facts.cpu_seconds, seconds,
        facts.cpu_seconds * 1e6 / static_cast<double>(std::max<std::uint64_t>(total.attempts, 1)));
    if (result.overload) text += overload_lines(*result.overload);
    for (const auto& each : judgements)
        text +=
            fmt::format("SLO {:<20} {} ({})\n", each.objective.text, each.met ? "met" : "NOT MET",
                        show_measure(each.objective, each.measured));
    return text;
}

std::string line_of(const Moment& moment) {
    const auto ended = [&](Outcome outcome) {
        return moment.second.ended[static_cast<std::size_t>(outcome)];
    };
    std::string text = fmt::format("{:>4} s  {}  {:.0f}/s offered, {}/s acknowledged",
                                   moment.elapsed.count() / 1'000'000, moment.phase, moment.offered,
                                   moment.second.acknowledged());
    for (std::size_t i = 1; i < outcome_count; ++i)
        if (ended(static_cast<Outcome>(i)) != 0)
            text += fmt::format(", {} {}", ended(static_cast<Outcome>(i)), outcome_names[i]);
    if (moment.latency.count() != 0)
        text += fmt::format("; p50 {}, p99 {}", show_time(moment.latency.at(0.5)),
                            show_time(moment.latency.at(0.99)));
    return text + fmt::format("; {} under way, {} queued", moment.running, moment.queued);
}

}  // namespace waybill::load
