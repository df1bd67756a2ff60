#include "app/load/slo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/load/units.hpp"

namespace waybill::load {
namespace {

struct Percentile {
    std::string_view name;
    double share;
};
constexpr std::array percentiles{Percentile{"p50", 0.5},     Percentile{"p90", 0.9},
                                 Percentile{"p95", 0.95},    Percentile{"p99", 0.99},
                                 Percentile{"p99.9", 0.999}, Percentile{"max", 1}};

/// `errors`, `p99`, or either behind an operation and a dot.
bool read_measure(std::string_view name, Objective& out) {
    const auto dot = name.find('.');
    if (const auto operation = operation_of(name.substr(0, dot));
        operation && dot != std::string_view::npos) {
        out.operation = operation;
        name = name.substr(dot + 1);
    }
    if (name == "errors") return true;
    const auto* found = std::find_if(percentiles.begin(), percentiles.end(),
                                     [&](const Percentile& each) { return each.name == name; });
    if (found == percentiles.end()) return false;
    out.measure = Objective::Measure::latency;
    out.share = found->share;
    return true;
}

bool read_limit(std::string_view text, Objective& out) {
    if (out.measure == Objective::Measure::errors) {
        const auto share = parse_share(text);
        out.limit = share.value_or(0);
        return share.has_value();
    }
    const auto time = parse_time(text);
    if (time) out.limit = static_cast<double>(time->count());
    return time.has_value();
}

Judgement judge_one(const Objective& objective, const Tally& tally) {
    const OperationTally* one =
        objective.operation ? &tally.operations[static_cast<std::size_t>(*objective.operation)]
                            : nullptr;
    Judgement judgement{objective, 0, false};
    const auto acknowledged = static_cast<std::size_t>(Outcome::acknowledged);
    const Histogram latency =
        one == nullptr ? tally.latency(Outcome::acknowledged) : one->latency[acknowledged];
    if (objective.measure == Objective::Measure::latency) {
        judgement.measured = static_cast<double>(latency.at(objective.share).count());
        judgement.met = latency.count() > 0 && judgement.measured <= objective.limit;
        return judgement;
    }
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < outcome_count; ++i)
        all += one == nullptr ? tally.count(static_cast<Outcome>(i)) : one->latency[i].count();
    judgement.measured =
        all == 0 ? 1 : static_cast<double>(all - latency.count()) / static_cast<double>(all);
    judgement.met = judgement.measured <= objective.limit;
    return judgement;
}

}  // namespace

Result<std::vector<Objective>> parse_objectives(std::string_view text) {
    std::vector<Objective> objectives;
    for (bool more = true; more;) {
        const auto comma = text.find(',');
        const auto part = text.substr(0, comma);
        more = comma != std::string_view::npos;
        text = more ? text.substr(comma + 1) : std::string_view();
        const auto equals = part.find('=');
        Objective objective;
        objective.text = part;
        if (equals == std::string_view::npos || !read_measure(part.substr(0, equals), objective) ||
            !read_limit(part.substr(equals + 1), objective))
            return invalid("--slo", fmt::format("'{}' is not an objective; such as p99=50ms, "
                                                "create.p99.9=1s, max=2s or errors=0.1%",
                                                part));
        objectives.push_back(std::move(objective));
    }
    return objectives;
}

std::vector<Judgement> judge(const std::vector<Objective>& objectives, const Tally& tally) {
    std::vector<Judgement> judgements;
    judgements.reserve(objectives.size());
    for (const auto& objective : objectives) judgements.push_back(judge_one(objective, tally));
    return judgements;
}

bool all_met(const std::vector<Judgement>& judgements) {
    return std::all_of(judgements.begin(), judgements.end(),
                       [](const Judgement& each) { return each.met; });
}

}  // namespace waybill::load
