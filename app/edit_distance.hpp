#pragma once
#include <cstddef>
#include <string_view>

namespace waybill::app {

/// Levenshtein's distance: single characters put in, left out or replaced.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace waybill::app
