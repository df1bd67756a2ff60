#include "app/commands.hpp"

#include <sys/resource.h>

#include "app/remote.hpp"
#include "app/serve.hpp"

namespace waybill::app {
namespace {

/// As many connections as the system lets this process have, without a call to `ulimit`.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int run_serve(const Cli& cli) {
    const auto config = load_config(cli);
    if (!config) return 2;
    raise_descriptor_limit();
    ServeOptions options;
    options.ready_fd = cli.ready_fd;
    return serve(*config, options);
}

}  // namespace

int run_command(const Cli& cli) {
    switch (cli.command) {
        case Cli::Command::serve:
            return run_serve(cli);
        case Cli::Command::demo:
            return run_demo(cli);
        case Cli::Command::token:
            return run_token(cli);
        case Cli::Command::seed:
            return run_seed(cli);
        case Cli::Command::load:
            raise_descriptor_limit();
            return run_load(cli);
        case Cli::Command::check:
            return cli.url.empty() ? run_check(cli) : run_check_url(cli);
        case Cli::Command::config:
            return run_config(cli);
        case Cli::Command::config_check:
            return run_config_check(cli);
        case Cli::Command::doctor:
            return run_doctor(cli);
        case Cli::Command::migrate:
            return run_migrate(cli);
        case Cli::Command::letters_list:
        case Cli::Command::letters_show:
        case Cli::Command::letters_edit:
        case Cli::Command::letters_replay:
        case Cli::Command::letters_discard:
            return run_dead_letters(cli);
    }
    return 2;
}

}  // namespace waybill::app
