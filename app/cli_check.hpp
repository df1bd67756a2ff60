#pragma once
#include <string>

namespace CLI {
class App;
}

namespace waybill::app {

/// What `waybill check` was asked for, beside where and who.
struct CheckCli {
    bool at_rest = false;
    bool live = false;
    bool json = false;
    std::string history_file;
};

/// Adds the options to the command, bound to `out`, which must outlive it.
void add_check_options(CLI::App& command, CheckCli& out);

}  // namespace waybill::app
