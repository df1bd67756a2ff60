#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "chassis/base/faults.hpp"

int main(int argc, char** argv) {
    // Databases, traces and exports hold what customers said: they are their owner's alone.
    ::umask(S_IRWXG | S_IRWXO);
    if (!waybill::faults::plant_of_environment()) {
        std::fprintf(stderr, "waybill: WAYBILL_PLANT names no bug that can be planted\n");
        return 2;
    }
    try {
        const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
        const auto cli = waybill::app::parse_command_line(arguments);
        if (cli) return waybill::app::run_command(*cli);
        fmt::print(cli.error().exit_code == 0 ? stdout : stderr, "{}", cli.error().text);
        return cli.error().exit_code;
    } catch (const std::exception& failed) {
        std::fprintf(stderr, "waybill: %s\n", failed.what());
        return 1;
    }
}
