#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "app/check/check.hpp"
#include "app/commands.hpp"
#include "app/progress_line.hpp"
#include "app/remote.hpp"
#include "app/schemas.hpp"
#include "chassis/sql/sqlite_snapshot.hpp"

namespace waybill::app {
namespace {

/// Prints why nothing could be judged.
int not_judged(std::string_view why) {
    fmt::print(stderr, "waybill: {}\n", why);
    return 2;
}

/// The databases of the configured services, opened to be read alone.
class OpenBooks {
 public:
    Status open(Env& env, const Config& config) {
        for (const Schema& schema : schemas_of(config)) {
            const auto* service = std::ranges::find_if(
                check::all_services,
                [&](check::Service one) { return check::name_of(one) == schema.service; });
            if (service == check::all_services.end()) continue;
            if (auto opened = open_one(env, config.text("data.folder"), schema, *service); !opened)
                return opened;
        }
        if (files_.empty()) return fail(Problem::validation_failed, "no service to check");
        return {};
    }

    /// One snapshot each, in the order in which nobody is seen to know what its source does not.
    Status hold() {
        for (const auto service : {check::Service::audit, check::Service::orders,
                                   check::Service::notifications, check::Service::inventory})
            for (auto& [whose, file] : files_)
                if (whose == service)
                    if (auto held = file->hold(); !held)
                        return fail(Problem::unavailable, held.error().message);
        return {};
    }

    const check::Sources& sources() const { return sources_; }

 private:
    Status open_one(Env& env, const std::string& folder, const Schema& schema,
                    check::Service service) {
        const std::string path = fmt::format("{}/{}.db", folder, schema.service);
        std::error_code problem;
        if (!std::filesystem::exists(path, problem))
            return fail(Problem::not_found,
                        path +
                            " is not there: name the folder of the databases with --data, or "
                            "the services of this process with --services");
        auto file = sql::SqliteSnapshot::open(env, {.path = path});
        if (!file) return fail(Problem::unavailable, file.error().message);
        auto steps = sql::pending((*file)->session(), schema.steps);
        if (!steps) return fail(Problem::unavailable, path + ": " + steps.error().detail);
        if (!steps->empty())
            return fail(Problem::unavailable,
                        path + ": its schema is older than this program: waybill migrate");
        sql::Session* session = &(*file)->session();
        files_.emplace_back(service, std::move(*file));
        if (service == check::Service::orders) sources_.orders = session;
        if (service == check::Service::inventory) sources_.inventory = session;
        if (service == check::Service::notifications) sources_.notifications = session;
        if (service == check::Service::audit) sources_.audit = session;
        return {};
    }

    std::vector<std::pair<check::Service, std::unique_ptr<sql::SqliteSnapshot>>> files_;
    check::Sources sources_;
};

Error of_failure(const sql::Failure& failure) {
    return {Problem::unavailable, failure.message};
}

Result<check::Report> judge_books(Env& env, const Config& config, const CheckCli& cli) {
    OpenBooks books;
    if (auto opened = books.open(env, config); !opened) return fail(std::move(opened.error()));
    const auto before = check::Horizon::look(books.sources());
    if (!before) return fail(of_failure(before.error()));
    if (auto held = books.hold(); !held) return fail(std::move(held.error()));
    const auto then = check::Horizon::look(books.sources());
    if (!then) return fail(of_failure(then.error()));
    const bool resting = cli.at_rest || (!cli.live && then->quiet_since(*before));
    ProgressLine line(env);
    check::Options options{
        .horizon = resting ? nullptr : &*before,
        .now = env.now(),
        .progress = [&](std::string_view what, std::uint64_t rows) { line.show(what, rows); }};
    if (!cli.history_file.empty()) options.history = check::attempts_of_file(cli.history_file);
    auto report = check::judge(books.sources(), options);
    if (!report) return fail(of_failure(report.error()));
    return std::move(*report);
}

}  // namespace

int run_check(const Cli& cli) {
    const auto config = load_config(cli);
    if (!config) return 2;
    const auto env = RealEnv::start(1);
    const auto report = judge_books(*env, *config, cli.check);
    if (!report) return not_judged(report.error().detail);
    fmt::print("{}", cli.check.json ? check::json_of(*report) : check::text_of(*report));
    return report->held() ? 0 : 1;
}

}  // namespace waybill::app
