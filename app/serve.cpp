#include "app/serve.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "app/fleet.hpp"
#include "app/seed.hpp"
#include "app/version.hpp"

namespace waybill::app {
namespace {

constexpr Duration telemetry_stop_time = std::chrono::seconds(2);
constexpr Duration first_seed_time = std::chrono::seconds(30);

/// Blocks the signals that end the process, for every thread started later; wait() takes them.
class EndSignals {
 public:
    EndSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
    }
    void wait() const {
        int which = 0;
        sigwait(&set_, &which);
    }
    /// A second signal ends the process at once.
    void exit_on_next() const {
        std::thread([set = set_] {
            int which = 0;
            sigwait(&set, &which);
            _exit(1);
        }).detach();
    }

 private:
    sigset_t set_{};
};

std::size_t loops_of(const Config& config) {
    const auto asked = config.integer("threads");
    return asked > 0 ? static_cast<std::size_t>(asked)
                     : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

telemetry::PipelineOptions telemetry_options(const Config& config, Env& env) {
    telemetry::PipelineOptions options;
    const std::string& format = config.text("log.format");
    const bool text = format == "text" || (format == "auto" && isatty(1) != 0);
    options.log_format = text ? telemetry::LogFormat::text : telemetry::LogFormat::json;
    options.identity.version = version;
    options.identity.environment = config.text("environment");
    options.identity.instance_id = Uuid::v7(env.now(), env.random()).to_string();
    if (const char* further = std::getenv("OTEL_RESOURCE_ATTRIBUTES"))
        options.identity.further = telemetry::parse_resource_attributes(further);
    if (const char* off = std::getenv("OTEL_SDK_DISABLED"))
        options.enabled = std::string_view(off) != "true";
    options.console_span_bytes = static_cast<std::size_t>(config.integer("telemetry.memory_bytes"));
    options.console_age = config.duration("telemetry.memory_age");
    return options;
}

/// Fills the catalogue of a first start, through the gateway like anyone else.
void seed_first_start(Fleet& fleet, const Config& config, Env& env) {
    const auto products = static_cast<std::size_t>(config.integer("seed.products"));
    const bool whole = fleet.runs("gateway") && fleet.runs("identity") && fleet.runs("inventory");
    if (!fleet.first_start() || !whole || products == 0) return;
    fleet.set_seeding(true);
    auto client = ApiClient::create(env, fleet.url());
    if (client) {
        auto token = (*client)->development_token("operator", "waybill", "");
        if (token) (*client)->use_token(std::move(*token));
        auto seeded = seed(**client, products, {});
        if (!seeded)
            std::fprintf(stderr, "waybill: the first catalogue could not be made: %s\n",
                         seeded.error().detail.c_str());
    }
    const MonoTime until = env.monotonic() + first_seed_time;
    while (!fleet.settled() && env.monotonic() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    fleet.set_seeding(false);
}

void say_ready(const Fleet& fleet, const Config& config) {
    std::string text = fmt::format("\nWaybill {} is ready at {}\n", version, fleet.url());
    for (const auto& name : fleet.services()) text += fmt::format("  {:<14} ready\n", name);
    if (!fleet.data_folder().empty())
        text += fmt::format("  data           {}\n", fleet.data_folder());
    for (const auto& name : fleet.absent_consumers())
        text += fmt::format("  {} does not run here: its events are kept until it does\n", name);
    if (fleet.runs("identity"))
        text +=
            "Users: customer1, customer2, operator, admin (password for all of them: waybill)\n";
    if (fleet.runs("gateway") && fleet.runs("identity") && fleet.runs("orders")) {
        const auto& listen = config.value("listen");
        const std::string url = listen.source == "default" ? "" : " --url " + fleet.url();
        text += fmt::format("Try next, in another terminal:  build/release/waybill demo{}\n", url);
    }
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
}

void tell_ready(int fd) {
    constexpr std::string_view line = "READY=1\n";
    if (fd >= 0 && write(fd, line.data(), line.size()) < 0)
        std::fprintf(stderr, "waybill: nobody reads the descriptor of --ready-fd\n");
}

int fail_start(const Error& error) {
    std::string_view rest = error.detail;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        const auto line = rest.substr(0, end);
        std::fprintf(stderr, "waybill: %.*s\n", static_cast<int>(line.size()), line.data());
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return error.problem == Problem::validation_failed ? 2 : 1;
}

}  // namespace

int serve(const Config& config, const ServeOptions& options) {
    const EndSignals signals;
    auto env = RealEnv::start(loops_of(config));
    int exit_code = 0;
    {
        telemetry::Pipeline pipeline(*env, telemetry_options(config, *env));
        auto fleet = Fleet::start(config, *env, pipeline);
        if (!fleet) {
            exit_code = fail_start(fleet.error());
        } else {
            seed_first_start(**fleet, config, *env);
            pipeline.service("gateway").log().event("service.started", "the process is ready");
            say_ready(**fleet, config);
            tell_ready(options.ready_fd);
            signals.wait();
            signals.exit_on_next();
            pipeline.service("gateway").log().event("service.stopping", "the process is stopping");
            std::fputs("Stopping: running requests are finished first.\n", stderr);
            (*fleet)->drain();
            fleet->reset();
        }
        pipeline.stop(Deadline::after(env->monotonic(), telemetry_stop_time));
    }
    env->stop();
    return exit_code;
}

}  // namespace waybill::app
