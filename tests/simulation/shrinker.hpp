#pragma once
#include <cstddef>
#include <vector>

#include "tests/simulation/runner.hpp"

namespace waybill::simulation {

/// The fewest faults of a failing run's plan, by their positions, with which it still fails in the
/// same way: halves, quarters and so on are taken out as long as that goes.
std::vector<std::size_t> shrink(Runner& runner, const Outcome& failed);

}  // namespace waybill::simulation
