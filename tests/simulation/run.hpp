#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/breach.hpp"
#include "tests/simulation/fault_plan.hpp"
#include "tests/simulation/settings.hpp"
#include "tests/simulation/sometimes.hpp"

namespace waybill::simulation {

struct RunOptions {
    std::uint64_t seed = 1;
    /// Positions in the seed's plan that happen; nothing: all of them.
    std::optional<std::vector<std::size_t>> only = {};
    std::string bug = {};  ///< planted in the product (`faults::bug_names`); empty: none
};

struct RunResult {
    std::vector<Breach> breaches;
    std::uint64_t hash = 0;
    std::uint64_t steps = 0;
    std::int64_t virtual_ms = 0;
    std::uint64_t requests = 0;
    std::uint64_t orders = 0;
    std::uint64_t disk_writes = 0;
    std::uint64_t disk_syncs = 0;
    Sometimes sometimes;
    std::array<std::uint64_t, fault_names.size()> faults{};  ///< by kind
};

/// One run of the whole platform in virtual time: a while in which the seed's plan of faults
/// happens, then everything heals and must come to rest. Once in a process.
RunResult run(const RunOptions& options, const SigningKeys& keys);

/// What goes wrong in the run of a seed.
std::vector<Fault> plan_of(std::uint64_t seed);

}  // namespace waybill::simulation
