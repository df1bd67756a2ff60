#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/remote.hpp"
#include "app/seed.hpp"

namespace waybill::app {

int run_seed(const Cli& cli) {
    int exit_code = 0;
    const auto remote = remote_of(cli, exit_code);
    if (!remote) return exit_code;
    auto token = token_of(cli, *remote->client, "operator");
    if (!token) return complain(token.error());
    remote->client->use_token(std::move(*token));

    const bool live = isatty(STDERR_FILENO) != 0;
    const auto progress = [live](std::size_t done, std::size_t all) {
        if (live) fmt::print(stderr, "\r{} of {} products{}", done, all, done == all ? "\n" : "");
    };
    const auto report = seed(*remote->client, cli.products, progress);
    if (!report) {
        if (live) fmt::print(stderr, "\n");
        return complain(report.error());
    }
    fmt::print("{} products created, {} were there already\n", report->created, report->existing);
    return 0;
}

}  // namespace waybill::app
