#include <fmt/format.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/remote.hpp"

namespace waybill::app {

int run_token(const Cli& cli) {
    int exit_code = 0;
    const auto remote = remote_of(cli, exit_code);
    if (!remote) return exit_code;
    const auto token = token_of(cli, *remote->client, "customer1");
    if (!token) return complain(token.error());
    fmt::print("{}\n", *token);
    return 0;
}

}  // namespace waybill::app
