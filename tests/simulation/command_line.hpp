#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::simulation {

inline constexpr std::string_view usage =
    R"(Runs the whole platform in virtual time, once for each seed, while everything fails.

  simulation [--seeds N] [--from S] [--jobs J]   N runs (200), from seed S (1), J at once
  simulation --replay S [--only 3,7] [--bug B]   one run, with its plan; or only those faults of it
  simulation --bugs [--from S]                   each planted bug must be caught

A failing run is run again with fewer and fewer of its faults, and says how to replay it. With 100
seeds and more every rare state must be reached. The closing line is `N passed, N failed`.
)";

/// What the program is asked for.
struct CommandLine {
    std::uint64_t seeds = 200;
    std::uint64_t from = 1;
    std::uint64_t jobs = 1;
    std::optional<std::uint64_t> replay;
    std::optional<std::vector<std::size_t>> only;  ///< positions of faults
    std::string bug;
    bool bugs = false;
};

/// Nothing when the words make no sense.
std::optional<CommandLine> read_command_line(const std::vector<std::string_view>& words,
                                             std::uint64_t jobs);

}  // namespace waybill::simulation
