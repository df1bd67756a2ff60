#include <fmt/format.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/remote.hpp"
#include "app/schemas.hpp"

namespace waybill::app {
namespace {

Result<sql::MigrationReport> migrate_one(Env& env, const sql::DataFolder& folder,
                                         const Schema& schema) {
    auto database = open_file(env, database_file(folder, schema.service));
    if (!database) return tl::unexpected(std::move(database.error()));
    auto session = (*database)->open_writer();
    if (!session) return fail(Problem::unavailable, session.error().message);
    return sql::migrate(**session, env, schema.steps);
}

void print_report(const std::string& service, const sql::MigrationReport& report) {
    fmt::print("{:<14} version {}", service, report.version);
    if (report.applied.empty()) fmt::print(": nothing to do");
    for (std::size_t i = 0; i < report.applied.size(); ++i)
        fmt::print("{}{}", i == 0 ? ": applied " : ", ", report.applied[i]);
    fmt::print("\n");
}

}  // namespace

int run_migrate(const Cli& cli) {
    const auto config = load_config(cli);
    if (!config) return 2;
    const auto folder = sql::DataFolder::open(config->text("data.folder"));
    if (!folder) return complain(folder.error());
    const auto env = RealEnv::start(1);
    int exit_code = 0;
    for (const auto& schema : schemas_of(*config)) {
        const auto report = migrate_one(*env, *folder, schema);
        if (report) {
            print_report(schema.service, *report);
        } else {
            fmt::print(stderr, "waybill: {}: {}\n", schema.service, report.error().detail);
            exit_code = 1;
        }
    }
    return exit_code;
}

}  // namespace waybill::app
