#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "tests/simulation/run.hpp"

namespace waybill::simulation {

/// A result as lines of text, by which a run in a process of its own tells of it.
std::string to_text(const RunResult& result);
/// Reads them among other lines; nothing when they are not whole.
std::optional<RunResult> result_of(std::string_view text);

}  // namespace waybill::simulation
