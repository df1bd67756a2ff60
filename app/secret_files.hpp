#pragma once
#include <string>

#include "chassis/base/error.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::app {

/// The 32 secret bytes in `path`; made (mode 0600, written to disk first) when there are none.
Result<std::string> load_or_make_key(const std::string& path, Env& env);

}  // namespace waybill::app
