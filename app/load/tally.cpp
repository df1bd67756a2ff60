#include "app/load/tally.hpp"

#include <algorithm>

namespace waybill::load {
namespace {

constexpr Duration late_after = std::chrono::milliseconds(100);
constexpr std::size_t kinds_max = 64;
constexpr std::size_t seconds_max = 7 * 86'400 + 3'600;

}  // namespace

void Tally::sent(Duration waited) {
    wait.record(waited);
    if (waited > late_after) ++late;
}

void Tally::attempted(const Verdict& verdict) {
    ++attempts;
    if (verdict.outcome == Outcome::acknowledged) return;
    const bool known = kinds.size() < kinds_max || kinds.contains(verdict.kind);
    ++kinds[known ? verdict.kind : "other"];
}

void Tally::ended(Operation operation, Outcome outcome, Duration latency) {
    operations[static_cast<std::size_t>(operation)]
        .latency[static_cast<std::size_t>(outcome)]
        .record(latency);
}

void Tally::merge(const Tally& other) {
    for (std::size_t i = 0; i < operation_count; ++i) {
        operations[i].arrivals += other.operations[i].arrivals;
        operations[i].replaced += other.operations[i].replaced;
        for (std::size_t j = 0; j < outcome_count; ++j)
            operations[i].latency[j].merge(other.operations[i].latency[j]);
    }
    wait.merge(other.wait);
    late += other.late;
    attempts += other.attempts;
    for (const auto& [kind, count] : other.kinds) kinds[kind] += count;
}

std::uint64_t Tally::arrivals() const {
    std::uint64_t sum = 0;
    for (const auto& operation : operations) sum += operation.arrivals;
    return sum;
}

std::uint64_t Tally::count(Outcome outcome) const {
    std::uint64_t sum = 0;
    for (const auto& operation : operations) sum += operation.count(outcome);
    return sum;
}

Histogram Tally::latency(Outcome outcome) const {
    Histogram all;
    for (const auto& operation : operations)
        all.merge(operation.latency[static_cast<std::size_t>(outcome)]);
    return all;
}

Second& Timeline::at(Duration since_begin) {
    const auto index = std::clamp<std::int64_t>(since_begin.count() / 1'000'000, 0,
                                                static_cast<std::int64_t>(seconds_max) - 1);
    const auto second = static_cast<std::size_t>(index);
    if (second >= seconds_.size()) seconds_.resize(second + 1);
    return seconds_[second];
}

void Timeline::merge(const Timeline& other) {
    if (other.seconds_.size() > seconds_.size()) seconds_.resize(other.seconds_.size());
    for (std::size_t i = 0; i < other.seconds_.size(); ++i) {
        seconds_[i].arrivals += other.seconds_[i].arrivals;
        seconds_[i].served += other.seconds_[i].served;
        for (std::size_t j = 0; j < outcome_count; ++j)
            seconds_[i].ended[j] += other.seconds_[i].ended[j];
    }
}

}  // namespace waybill::load
