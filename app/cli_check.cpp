#include "app/cli_check.hpp"

#include <CLI/CLI.hpp>

namespace waybill::app {

void add_check_options(CLI::App& command, CheckCli& out) {
    auto* at_rest = command.add_flag("--at-rest", out.at_rest,
                                     "Judge everything, as nothing may be on its way any more");
    auto* live = command.add_flag("--live", out.live,
                                  "Allow for what may be on its way; without either, the system "
                                  "is looked at");
    at_rest->excludes(live);
    command.add_flag("--json", out.json, "The verdicts as JSON");
    command
        .add_option("--history", out.history_file,
                    "Outcomes that clients were given, as waybill load --history writes them")
        ->type_name("FILE");
}

}  // namespace waybill::app
