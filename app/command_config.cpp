#include <fmt/format.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/config_pages.hpp"
#include "app/remote.hpp"
#include "app/routes_file.hpp"

namespace waybill::app {

int run_config(const Cli& cli) {
    if (cli.defaults) {
        fmt::print("{}", cli.markdown ? configuration_page() : configuration_template());
        return 0;
    }
    const auto config = load_config(cli);
    if (!config) return 2;
    fmt::print("{}", effective_configuration(*config));
    return 0;
}

/// The file alone: what the environment or the command line would change does not count.
int run_config_check(const Cli& cli) {
    ConfigSources sources;
    sources.file = cli.config_file;
    const auto config = Config::load(sources);
    std::vector<std::string> faults = config ? std::vector<std::string>() : config.error();
    if (config)
        for (const auto& path : {cli.config_file, config->text("gateway.routes_file")})
            if (!path.empty())
                if (const auto rules = read_route_rules(path); !rules)
                    faults.insert(faults.end(), rules.error().begin(), rules.error().end());
    for (const auto& fault : faults) fmt::print(stderr, "waybill: {}\n", fault);
    if (!faults.empty()) return 2;
    fmt::print("{} is in order\n", cli.config_file);
    return 0;
}

}  // namespace waybill::app
