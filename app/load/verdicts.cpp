#include <algorithm>

#include "app/load/run.hpp"

namespace waybill::load {
namespace {

constexpr std::size_t window = 3;  // seconds that a peak is averaged over
constexpr double recovered_share = 0.99;

std::size_t second_of(Duration since) {
    return static_cast<std::size_t>(std::max<std::int64_t>(since.count(), 0) / 1'000'000);
}

const PhaseResult* find_phase(const RunResult& result, std::string_view name) {
    for (const auto& phase : result.phases)
        if (phase.phase.name == name) return &phase;
    return nullptr;
}

/// Acknowledged a second over the phase's whole seconds.
double mean_goodput(const RunResult& result, const PhaseResult& phase) {
    const auto& seconds = result.timeline.seconds();
    const std::size_t from = second_of(phase.began);
    const std::size_t to = std::min(second_of(phase.began + phase.phase.length), seconds.size());
    std::uint64_t sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += seconds[i].acknowledged();
    return to > from ? static_cast<double>(sum) / static_cast<double>(to - from) : 0;
}

std::optional<Duration> recovery_of(const RunResult& result, const PhaseResult& phase) {
    const auto& seconds = result.timeline.seconds();
    const std::size_t from = second_of(phase.began);
    const std::size_t to = std::min(second_of(phase.began + phase.phase.length), seconds.size());
    std::size_t good_from = to;
    while (good_from > from) {
        const Second& second = seconds[good_from - 1];
        if (static_cast<double>(second.served) <
            recovered_share * static_cast<double>(second.arrivals))
            break;
        --good_from;
    }
    if (good_from == to) return std::nullopt;
    return std::chrono::seconds(good_from - from);
}

}  // namespace

Tally RunResult::total() const {
    Tally all;
    for (const auto& phase : phases)
        if (phase.phase.counted) all.merge(phase.tally);
    return all;
}

Duration RunResult::counted_time() const {
    Duration time{};
    for (const auto& phase : phases)
        if (phase.phase.counted) time += std::min(phase.phase.length, elapsed - phase.began);
    return time;
}

double peak_goodput(const Timeline& timeline, Duration from, Duration to) {
    const auto& seconds = timeline.seconds();
    const std::size_t first = second_of(from);
    const std::size_t last = std::min(second_of(to), seconds.size());
    if (first >= last) return 0;
    const std::size_t wide = std::min(window, last - first);
    std::uint64_t sum = 0;
    std::uint64_t best = 0;
    for (std::size_t i = first; i < last; ++i) {
        sum += seconds[i].acknowledged();
        if (i >= first + wide) sum -= seconds[i - wide].acknowledged();
        best = std::max(best, sum);
    }
    return static_cast<double>(best) / static_cast<double>(wide);
}

std::optional<OverloadResult> judge_overload(const RunResult& result) {
    const auto* overload = find_phase(result, "overload");
    const auto* recovery = find_phase(result, "recovery");
    if (overload == nullptr) return std::nullopt;
    OverloadResult judged;
    judged.peak = peak_goodput(result.timeline, Duration::zero(), overload->began);
    judged.goodput = mean_goodput(result, *overload);
    judged.ratio = judged.peak > 0 ? judged.goodput / judged.peak : 0;
    if (recovery != nullptr) judged.recovery = recovery_of(result, *recovery);
    return judged;
}

}  // namespace waybill::load
