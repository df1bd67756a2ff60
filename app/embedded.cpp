#include "app/embedded.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "app/seed.hpp"
#include "app/version.hpp"

namespace waybill::app {
namespace {

constexpr std::size_t loops = 2;
constexpr std::size_t seeded_products = 12;
constexpr Duration settle_time = std::chrono::seconds(20);

Result<std::string> make_folder() {
    std::error_code problem;
    std::string name = (std::filesystem::temp_directory_path(problem) / "waybill-XXXXXX").string();
    if (problem || mkdtemp(name.data()) == nullptr)
        return fail(Problem::unavailable,
                    fmt::format("no temporary folder can be made: {}", std::strerror(errno)));
    return name;
}

/// A configuration file of its own keeps this machine's configuration out of the demonstration.
Result<std::string> write_configuration(const std::string& folder) {
    std::string path = folder + "/waybill.toml";
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (file == nullptr) return fail(Problem::unavailable, path + " cannot be written");
    fmt::print(file, "listen = \"127.0.0.1:0\"\ndata.folder = \"{}/data\"\n", folder);
    std::fclose(file);
    return path;
}

telemetry::PipelineOptions quiet(Env& env) {
    telemetry::PipelineOptions options;
    options.identity.version = version;
    options.identity.instance_id = Uuid::v7(env.now(), env.random()).to_string();
    options.log_fd = -1;
    return options;
}

}  // namespace

EmbeddedInstance::EmbeddedInstance(std::string folder, Config config)
    : folder_(std::move(folder)),
      config_(std::move(config)),
      env_(RealEnv::start(loops)),
      pipeline_(std::make_unique<telemetry::Pipeline>(*env_, quiet(*env_))) {}

EmbeddedInstance::~EmbeddedInstance() {
    if (fleet_) fleet_->drain();
    fleet_.reset();
    pipeline_->stop(Deadline::after(env_->monotonic(), std::chrono::seconds(1)));
    pipeline_.reset();
    env_->stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

Result<std::unique_ptr<EmbeddedInstance>> EmbeddedInstance::start() {
    auto folder = make_folder();
    if (!folder) return tl::unexpected(std::move(folder.error()));
    auto file = write_configuration(*folder);
    if (!file) return tl::unexpected(std::move(file.error()));
    ConfigSources sources;
    sources.file = *file;
    auto config = Config::load(sources);
    if (!config) return fail(Problem::internal_error, config.error().front());
    std::unique_ptr<EmbeddedInstance> instance(
        new EmbeddedInstance(std::move(*folder), std::move(*config)));
    auto fleet = Fleet::start(instance->config_, *instance->env_, *instance->pipeline_);
    if (!fleet) return tl::unexpected(std::move(fleet.error()));
    instance->fleet_ = std::move(*fleet);
    if (auto filled = instance->fill(); !filled) return tl::unexpected(std::move(filled.error()));
    return instance;
}

Status EmbeddedInstance::fill() {
    auto client = ApiClient::create(*env_, url());
    if (!client) return tl::unexpected(std::move(client.error()));
    auto token = (*client)->development_token("operator", "waybill", "");
    if (!token) return tl::unexpected(std::move(token.error()));
    (*client)->use_token(std::move(*token));
    if (auto made = seed(**client, seeded_products, {}); !made)
        return tl::unexpected(std::move(made.error()));
    const MonoTime until = env_->monotonic() + settle_time;
    while (!fleet_->settled()) {
        if (env_->monotonic() > until)
            return fail(Problem::unavailable, "the catalogue did not reach every service in time");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return {};
}

}  // namespace waybill::app
