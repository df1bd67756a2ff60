#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "tests/simulation/runner.hpp"

namespace waybill::simulation {

/// How many seeds a planted bug may take.
inline constexpr std::uint64_t seeds_for_a_bug = 100;

/// The first of the seeds from `from` on whose run catches a planted bug; nothing: none does.
std::optional<Outcome> catch_bug(Runner& runner, std::string_view bug, std::uint64_t from);

}  // namespace waybill::simulation
