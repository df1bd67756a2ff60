#include "tests/simulation/result_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace waybill::simulation {
namespace {

constexpr std::string_view result_mark = "@result ";

template <class Array>
void read_numbers(std::istringstream& in, Array& numbers) {
    for (auto& number : numbers) in >> number;
}

}  // namespace

std::string to_text(const RunResult& result) {
    std::string text;
    for (const Breach& breach : result.breaches) {
        std::string detail = breach.detail;
        std::ranges::replace(detail, '\n', ' ');
        text +=
            fmt::format("{}breach {} {} {}\n", result_mark, breach.invariant, breach.step, detail);
    }
    text += fmt::format("{}faults {}\n", result_mark, fmt::join(result.faults, " "));
    text += fmt::format("{}sometimes {}\n", result_mark, fmt::join(result.sometimes.counts(), " "));
    text += fmt::format("{}end {} {} {} {} {} {} {}\n", result_mark, result.hash, result.steps,
                        result.virtual_ms, result.requests, result.orders, result.disk_writes,
                        result.disk_syncs);
    return text;
}

std::optional<RunResult> result_of(std::string_view text) {
    RunResult result;
    bool whole = false;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(result_mark)) continue;
        std::istringstream in(line.substr(result_mark.size()));
        std::string word;
        in >> word;
        if (word == "breach") {
            Breach breach;
            in >> breach.invariant >> breach.step;
            std::getline(in >> std::ws, breach.detail);
            result.breaches.push_back(std::move(breach));
        } else if (word == "faults") {
            read_numbers(in, result.faults);
        } else if (word == "sometimes") {
            read_numbers(in, result.sometimes.counts());
        } else if (word == "end") {
            in >> result.hash >> result.steps >> result.virtual_ms >> result.requests >>
                result.orders >> result.disk_writes >> result.disk_syncs;
            whole = !in.fail();
        }
    }
    if (!whole) return std::nullopt;
    return result;
}

}  // namespace waybill::simulation
