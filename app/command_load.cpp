#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <future>

#include "app/commands.hpp"
#include "app/load/report.hpp"
#include "app/load_setup.hpp"
#include "app/remote.hpp"
#include "app/terminal.hpp"

namespace waybill::app {
namespace {

constexpr std::int64_t plain_line_every_s = 10;

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Ctrl-C and SIGTERM end the run with its result; a second one ends the process.
class StopSignals {
 public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
    }
    /// Whether one came within a tenth of a second.
    bool wait() const {
        const timespec tenth{0, 100'000'000};
        return sigtimedwait(&set_, nullptr, &tenth) > 0;
    }

 private:
    sigset_t set_{};
};

/// A line that is written anew each second on a terminal, and a line every ten seconds elsewhere.
void show_progress(const load::Moment& moment) {
    static const bool live = isatty(STDERR_FILENO) != 0;
    const std::string line = load::line_of(moment);
    if (live)
        fmt::print(stderr, "\r\x1b[K{}", fitted(line, style_of(STDERR_FILENO).width - 1));
    else if (moment.elapsed.count() / 1'000'000 % plain_line_every_s == 0)
        fmt::print(stderr, "{}\n", line);
}

Task<void> run_and_tell(load::Run& run, std::promise<load::RunResult>& done) {
    done.set_value(co_await run.run());
}

/// Waits for the result on this thread, which also takes signals and renews tokens.
load::RunResult attend(load::Run& run, Env& env, LoadSetup& setup, const StopSignals& signals) {
    std::promise<load::RunResult> done;
    auto result = done.get_future();
    boost::asio::co_spawn(env.loop(0).executor(), run_and_tell(run, done),
                          [&done](std::exception_ptr failed) {
                              if (failed) done.set_exception(failed);
                          });
    bool ending = false;
    while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        setup.renew();
        if (!signals.wait()) continue;
        if (ending) _exit(1);
        ending = true;
        run.stop();
    }
    if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\n");
    return result.get();
}

Status write_file(const std::string& path, const std::string& text) {
    std::FILE* file = std::fopen(path.c_str(), "we");
    const bool written = file != nullptr &&
                         std::fwrite(text.data(), 1, text.size(), file) == text.size() &&
                         std::fputc('\n', file) != EOF;
    const bool closed = file != nullptr && std::fclose(file) == 0;
    if (written && closed) return {};
    return fail(Problem::unavailable, path + " cannot be written: " + std::strerror(errno));
}

load::LaneOptions lane_options(const LoadCli& asked) {
    load::LaneOptions options;
    options.connections = asked.connections;
    options.timeout = asked.timeout;
    options.retry = asked.retry;
    options.arrivals = asked.arrivals;
    options.mix = asked.path.empty() ? asked.mix : load::Mix::only(load::Operation::get);
    return options;
}

load::RunFacts facts_of(const LoadCli& asked, const std::string& url) {
    load::RunFacts facts;
    facts.url = url;
    facts.mix = asked.path.empty() ? asked.mix_text : "get " + asked.path;
    facts.retry = asked.retry_text;
    facts.arrivals = asked.arrivals_text;
    facts.seed = asked.seed;
    facts.connections = asked.connections;
    facts.threads = asked.threads;
    facts.timeout = asked.timeout;
    return facts;
}

int report(const LoadCli& asked, const load::RunFacts& facts, const load::RunResult& result) {
    const auto judgements = load::judge(asked.objectives, result.total());
    const std::string json = load::json_of(facts, result, judgements);
    if (asked.json_file == "-")
        fmt::print("{}\n", json);
    else
        fmt::print("{}", load::text_of(facts, result, judgements));
    if (!asked.json_file.empty() && asked.json_file != "-")
        if (auto written = write_file(asked.json_file, json); !written)
            return complain(written.error());
    return load::all_met(judgements) ? 0 : 1;
}

int run_against(const Cli& cli, ApiClient& client, LoadSetup& setup, load::History* history,
                const StopSignals& signals) {
    const LoadCli& asked = cli.load;
    auto address = ApiClient::address_of(client.url());
    if (!address) return complain(address.error());
    address->limits.connections = asked.connections / asked.threads + 1;
    const auto env = RealEnv::start(asked.threads);
    auto facts = facts_of(asked, client.url());
    load::RunResult result;
    const double cpu_before = cpu_seconds();
    {
        http::Client target(*env, std::move(*address));
        const load::Common common{*env,         target,
                                  setup.shop(), setup.tokens(),
                                  history,      fmt::format("load-{:016x}", env->random()),
                                  asked.seed};
        load::Run run(common, lane_options(asked), load::plan(asked.wish), show_progress);
        result = attend(run, *env, setup, signals);
    }
    env->stop();
    facts.cpu_seconds = cpu_seconds() - cpu_before;
    return report(asked, facts, result);
}

}  // namespace

int run_load(const Cli& cli) {
    const StopSignals signals;
    int exit_code = 0;
    const auto remote = remote_of(cli, exit_code);
    if (!remote) return exit_code;
    std::unique_ptr<load::History> history;
    if (!cli.load.history_file.empty()) {
        auto made = load::History::create(cli.load.history_file);
        if (!made) return complain(made.error());
        history = std::move(*made);
    }
    LoadSetup setup(cli, *remote->env, *remote->client);
    if (auto prepared = setup.prepare(); !prepared) {
        complain(prepared.error());
        return prepared.error().problem == Problem::validation_failed ? 2 : 1;
    }
    const int code = run_against(cli, *remote->client, setup, history.get(), signals);
    if (history)
        if (auto closed = history->close(); !closed) return complain(closed.error());
    return code;
}

}  // namespace waybill::app
