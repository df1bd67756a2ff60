#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "app/commands.hpp"

int main(int argc, char** argv) {
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
