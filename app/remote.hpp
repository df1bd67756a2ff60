#pragma once
#include <memory>
#include <optional>
#include <string>

#include "app/api_client.hpp"
#include "app/cli.hpp"
#include "app/config.hpp"
#include "chassis/runtime/real_env.hpp"

namespace waybill::app {

/// A command's way to a running instance.
struct Remote {
    std::unique_ptr<RealEnv> env;
    std::unique_ptr<ApiClient> client;
};

/// The configuration of the command; prints its faults, one a line, when there is none.
std::optional<Config> load_config(const Cli& cli);

/// Where an instance with this configuration answers on this machine. Port 0 is nowhere.
Result<std::string> local_url(const Config& config);

/// `--url`, else the configured instance. Nothing is sent yet; prints why not when it fails.
/// `exit_code` is then the command's.
std::optional<Remote> remote_of(const Cli& cli, int& exit_code);

/// The given token, else one of the development identity for `--user`, by default `user`.
Result<std::string> token_of(const Cli& cli, ApiClient& client, const std::string& user);

/// Prints the error for people and returns exit code 1.
int complain(const Error& error);

}  // namespace waybill::app
