#pragma once
#include "app/config.hpp"

namespace waybill::app {

struct ServeOptions {
    int ready_fd = -1;  ///< gets `READY=1\n` when ready; -1: none
};

/// Runs until SIGTERM or SIGINT, then drains. Returns the exit code; 2 for a configuration that
/// cannot be run, 1 for anything else in the way.
int serve(const Config& config, const ServeOptions& options);

}  // namespace waybill::app
