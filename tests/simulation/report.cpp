#include "tests/simulation/report.hpp"

#include <fmt/format.h>

#include <fstream>

namespace waybill::simulation {
namespace {

constexpr std::size_t commit_digits = 7;

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

}  // namespace

void Tally::add(const Outcome& outcome) {
    ++(outcome.passed() ? passed_ : failed_);
    took_ms_ += outcome.took_ms;
    if (!outcome.result) return;
    const RunResult& result = *outcome.result;
    steps_ += result.steps;
    requests_ += result.requests;
    orders_ += result.orders;
    writes_ += result.disk_writes;
    syncs_ += result.disk_syncs;
    virtual_ms_ += result.virtual_ms;
    sometimes_.add(result.sometimes);
    for (std::size_t i = 0; i < faults_.size(); ++i) faults_[i] += result.faults[i];
}

std::vector<std::string_view> Tally::never_reached() const {
    std::vector<std::string_view> never;
    for (const auto state : rare_states)
        if (sometimes_.count(state) == 0) never.push_back(state);
    return never;
}

std::string Tally::text() const {
    std::string text = fmt::format(
        "{} runs, {} steps, {} s of virtual time, {} requests, {} orders, {} disk writes, {} "
        "syncs, {} ms a run\n\nfaults\n",
        passed_ + failed_, steps_, virtual_ms_ / 1000, requests_, orders_, writes_, syncs_,
        took_ms_ / static_cast<std::int64_t>(std::max<std::uint64_t>(passed_ + failed_, 1)));
    for (std::size_t i = 0; i < faults_.size(); ++i)
        text += fmt::format("  {:8} {}\n", faults_[i], fault_names[i]);
    text += "\nstates reached\n";
    for (std::size_t i = 0; i < rare_states.size(); ++i)
        text += fmt::format("  {:8} {}\n", sometimes_.counts()[i], rare_states[i]);
    return text;
}

std::string failure_line(const Outcome& outcome) {
    const std::uint64_t step = outcome.result && !outcome.result->breaches.empty()
                                   ? outcome.result->breaches.front().step
                                   : 0;
    return fmt::format("seed {}, commit {}, step {}, {}: {}", outcome.options.seed,
                       commit_of_tree(), step, outcome.verdict(), outcome.detail());
}

std::string commit_of_tree() {
    constexpr std::string_view reference = "ref: ";
    std::string head = first_line(".git/HEAD");
    if (head.starts_with(reference)) head = first_line(".git/" + head.substr(reference.size()));
    return head.empty() ? "unknown" : head.substr(0, commit_digits);
}

}  // namespace waybill::simulation
