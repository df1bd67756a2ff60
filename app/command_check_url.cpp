#include <fmt/format.h>

#include <cstdio>

#include "app/check_remote.hpp"
#include "app/commands.hpp"
#include "app/remote.hpp"

namespace waybill::app {

int run_check_url(const Cli& cli) {
    int exit_code = 0;
    const auto remote = remote_of(cli, exit_code);
    if (!remote) return 2;
    auto token = token_of(cli, *remote->client, "admin");
    if (token) remote->client->use_token(std::move(*token));
    const auto report = token ? judge_remote(*remote->client)
                              : Result<check::Report>(tl::unexpected(std::move(token.error())));
    if (!report) {
        complain(report.error());
        return 2;
    }
    fmt::print("{}", cli.check.json ? check::json_of(*report) : check::text_of(*report));
    return report->held() ? 0 : 1;
}

}  // namespace waybill::app
