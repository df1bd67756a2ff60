#pragma once
#include "app/cli.hpp"

namespace waybill::app {

/// Runs what was asked for; the process's exit code: 0 done, 1 failed, 2 wrong usage or
/// configuration.
int run_command(const Cli& cli);

int run_demo(const Cli& cli);
int run_token(const Cli& cli);
int run_seed(const Cli& cli);
int run_load(const Cli& cli);
int run_check(const Cli& cli);
/// With `--url`: what the public interfaces show.
int run_check_url(const Cli& cli);
int run_config(const Cli& cli);
int run_config_check(const Cli& cli);
int run_doctor(const Cli& cli);
int run_migrate(const Cli& cli);
int run_dead_letters(const Cli& cli);

}  // namespace waybill::app
