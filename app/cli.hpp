#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "app/cli_check.hpp"
#include "app/cli_load.hpp"
#include "app/config.hpp"

namespace waybill::app {

/// What the command line asked for. One struct for all commands; each reads its own part.
struct Cli {
    enum class Command : std::uint8_t {
        serve,
        demo,
        token,
        seed,
        load,
        check,
        config,
        config_check,
        doctor,
        migrate,
        letters_list,
        letters_show,
        letters_edit,
        letters_replay,
        letters_discard,
    };
    Command command = Command::serve;

    /// Configuration.
    std::string config_file;
    std::vector<std::pair<std::string, std::string>>
        sets;  ///< `--set` and the options that are one
    int ready_fd = -1;

    /// Talking to a running instance.
    std::string url;  ///< empty: the configured listen address
    std::string token;
    std::string token_file;
    std::string user;
    std::string password = "waybill";
    std::string scope;

    std::size_t products = 12;  ///< seed
    bool defaults = false;      ///< config --defaults
    bool markdown = false;      ///< config --defaults --markdown
    bool show_secret = false;   ///< doctor --show-secret

    LoadCli load;
    CheckCli check;

    /// Dead letters.
    std::string letter_id;
    std::string service;
    std::string reason;  ///< a filter; of discard: why
    std::string type;
    std::string status;
    std::string body_file;  ///< `-`: standard input
    bool json = false;
    bool all = false;
    bool dry_run = false;
    std::optional<std::int64_t> rate;

    /// Where this command's configuration comes from; with the process's environment.
    ConfigSources sources() const;
};

/// Nothing to run: a text to print, and the exit code. 0: to standard output (help, version);
/// 2: to standard error (wrong usage).
struct CliEnd {
    int exit_code = 0;
    std::string text;
};

/// Parses `argv[1..]`. Never prints.
tl::expected<Cli, CliEnd> parse_command_line(const std::vector<std::string>& arguments);

}  // namespace waybill::app
