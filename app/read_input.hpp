#pragma once
#include <string>

#include "chassis/base/error.hpp"

namespace waybill::app {

/// The whole of a file, or of standard input for `-`; at most 64 MiB.
Result<std::string> read_input(const std::string& path);

}  // namespace waybill::app
