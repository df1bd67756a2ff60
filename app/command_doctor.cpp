#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/doctor.hpp"
#include "app/remote.hpp"
#include "app/terminal.hpp"
#include "services/identity/secrets.hpp"

namespace waybill::app {
namespace {

int show_secret(const Config& config) {
    const auto secret = identity::read_service_secret(config.text("data.folder"));
    if (!secret) return complain(secret.error());
    fmt::print("{}\n", *secret);
    return 0;
}

void print(const Finding& finding, bool colours) {
    const std::string_view mark = finding.good ? "✓" : "✗";
    if (colours)
        fmt::print("\x1b[{}m{}\x1b[0m", finding.good ? "32" : "31", mark);
    else
        fmt::print("{}", mark);
    fmt::print(" {:<22} {}\n", finding.part, finding.text);
}

}  // namespace

int run_doctor(const Cli& cli) {
    const auto config = load_config(cli);
    if (!config) return 2;
    if (cli.show_secret) return show_secret(*config);
    const auto env = RealEnv::start(1);
    Findings findings;
    findings.push_back(
        {true, "configuration",
         config->file().empty() ? "no file: defaults" : config->file() + " is in order"});
    check_machine(*config, *env, findings);
    check_data(*config, *env, findings);
    check_listen(*config, *env, findings);
    check_others(*config, *env, findings);
    const bool colours = style_of(STDOUT_FILENO).colours;
    std::size_t bad = 0;
    for (const auto& finding : findings) {
        print(finding, colours);
        bad += finding.good ? 0U : 1U;
    }
    if (bad > 0) fmt::print("\n{} of {} parts need attention\n", bad, findings.size());
    return bad > 0 ? 1 : 0;
}

}  // namespace waybill::app
