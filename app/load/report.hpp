#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/load/run.hpp"
#include "app/load/slo.hpp"

namespace waybill::load {

/// What was asked for, for the record.
struct RunFacts {
    std::string url;
    std::string mix;
    std::string retry;
    std::string arrivals;
    std::uint64_t seed = 0;
    std::size_t connections = 0;
    std::size_t threads = 0;
    Duration timeout{};
    double cpu_seconds = 0;  ///< what the generator itself used
};

/// The result as one JSON object; latencies in microseconds (docs/load.md names the members).
std::string json_of(const RunFacts& facts, const RunResult& result,
                    const std::vector<Judgement>& judgements);
/// The result for people.
std::string text_of(const RunFacts& facts, const RunResult& result,
                    const std::vector<Judgement>& judgements);
/// A second of a run in a line.
std::string line_of(const Moment& moment);

}  // namespace waybill::load
