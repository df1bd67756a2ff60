#include "app/cli.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/cli_help.hpp"
#include "app/version.hpp"

namespace waybill::app {
namespace {

using Command = Cli::Command;

/// The commands and their options, bound to one Cli.
class Parser {
 public:
    Parser() {
        app_.name("waybill");
        app_.require_subcommand(1);
        add_serving();
        add_asking();
        add_load();
        add_operating();
        add_check();
        add_dead_letters();
    }

    tl::expected<Cli, CliEnd> parse(std::vector<std::string> arguments) {
        std::reverse(arguments.begin(), arguments.end());
        try {
            app_.parse(arguments);
        } catch (const CLI::CallForHelp&) {
            return tl::unexpected(CliEnd{0, app_.help()});
        } catch (const CLI::ParseError& error) {
            return tl::unexpected(wrong_usage(error.what()));
        }
        for (const auto& [command, value] : commands_)
            if (command->parsed()) cli_.command = value;
        if (auto missing = what_is_missing(); !missing.empty())
            return tl::unexpected(wrong_usage(missing));
        return std::move(cli_);
    }

 private:
    CLI::App* add(CLI::App& parent, const std::string& name, const std::string& doc,
                  Command command) {
        CLI::App* added = parent.add_subcommand(name, doc);
        added->footer(std::string(examples_of(name)));
        commands_.emplace_back(added, command);
        return added;
    }
    void stand_for(CLI::App* command, const std::string& option, const std::string& property,
                   const std::string& doc) {
        command->add_option_function<std::string>(
            option,
            [this, property](const std::string& text) { cli_.sets.emplace_back(property, text); },
            doc);
    }
    void add_configuration(CLI::App* command) {
        command->add_option("--config", cli_.config_file,
                            "Configuration file; else ./waybill.toml, then "
                            "/etc/waybill/waybill.toml");
        command
            ->add_option_function<std::vector<std::string>>(
                "--set",
                [this](const std::vector<std::string>& pairs) {
                    for (const auto& pair : pairs) set(pair);
                },
                "One property: key=value; may be repeated")
            ->type_name("KEY=VALUE")
            ->allow_extra_args(false);
        stand_for(command, "--listen", "listen", "Where HTTP is served: host:port");
        stand_for(command, "--data", "data.folder", "Folder of the databases and keys");
    }
    void set(const std::string& pair) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0)
            throw CLI::ValidationError("--set", "must be key=value, not " + pair);
        cli_.sets.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    void add_services(CLI::App* command) {
        stand_for(command, "--services", "services", "all, or some: orders,inventory,…");
        stand_for(command, "--roles", "roles", "api, worker or both");
        stand_for(command, "--threads", "threads", "Event loops; 0: one for each core");
    }
    void add_instance(CLI::App* command, const std::string& user, const std::string& doc) {
        command->add_option("--url", cli_.url,
                            "A running instance; else the configured listen address");
        command->add_option("--user", cli_.user, doc + " (default " + user + ")");
        command->add_option("--password", cli_.password, "Of that user; development: waybill");
        add_configuration(command);
    }
    void add_token(CLI::App* command) {
        auto* text = command->add_option("--token", cli_.token,
                                         "An access token, instead of signing in; others may "
                                         "read it in the process list");
        auto* file = command->add_option("--token-file", cli_.token_file,
                                         "A file that holds the access token");
        text->excludes(file);
    }

    void add_serving() {
        auto* serve = add(app_, "serve", "Run the services of this process", Command::serve);
        add_configuration(serve);
        add_services(serve);
        serve->add_option("--ready-fd", cli_.ready_fd,
                          "A descriptor that gets READY=1 when requests are answered");
        auto* demo = add(app_, "demo", "Place an order and draw its journey", Command::demo);
        add_instance(demo, "customer1", "Who orders");
    }
    void add_asking() {
        auto* token =
            add(app_, "token", "Print an access token of the development identity", Command::token);
        add_instance(token, "customer1", "Whose token");
        token->add_option("--scope", cli_.scope, "Scopes; without it all that the role allows");
        auto* seed = add(app_, "seed", "Fill the catalogue with products", Command::seed);
        add_instance(seed, "operator", "Who makes them");
        add_token(seed);
        seed->add_option("--products", cli_.products, "How many")
            ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
    }
    void add_load() {
        auto* load = add(app_, "load", "Send orders at a fixed rate and measure", Command::load);
        add_instance(load, "customer1 and customer2", "Who orders");
        add_token(load);
        add_load_options(*load, cli_.load);
    }
    void add_operating() {
        auto* config = add(app_, "config", "Print the effective configuration", Command::config);
        add_configuration(config);
        add_services(config);
        auto* defaults = config->add_flag("--defaults", cli_.defaults,
                                          "Every property with meaning and default, as TOML");
        config->add_flag("--markdown", cli_.markdown, "The same as a page")->needs(defaults);
        auto* check = add(*config, "check", "Check a file and say what is wrong with it",
                          Command::config_check);
        check->footer(std::string(examples_of("config check")));
        check->add_option("file", cli_.config_file, "The file")->required();
        auto* doctor =
            add(app_, "doctor", "Check every configured part and say what to do", Command::doctor);
        add_configuration(doctor);
        add_services(doctor);
        doctor->add_flag("--show-secret", cli_.show_secret,
                         "Print the secret of the client waybill-service, nothing else");
        auto* migrate =
            add(app_, "migrate", "Bring all schemas up to date, without serving", Command::migrate);
        add_configuration(migrate);
        add_services(migrate);
    }
    void add_check() {
        auto* check =
            add(app_, "check", "Prove the books: stock, orders, messages, audit", Command::check);
        add_instance(check, "admin", "With --url: who looks");
        check->get_option("--url")->description(
            "Judge what this running instance shows, instead of the databases");
        add_token(check);
        add_services(check);
        add_check_options(*check, cli_.check);
    }
    CLI::App* add_letters(const std::string& name, const std::string& doc, Command command) {
        auto* added = add(*letters_, name, doc, command);
        add_instance(added, "admin", "Who acts");
        add_token(added);
        added->add_option("--service", cli_.service, "Whose dead letters; lists: all services")
            ->check(CLI::IsMember({"orders", "inventory", "notifications", "audit"}));
        added->add_flag("--json", cli_.json, "The answer as JSON");
        return added;
    }
    void add_filter(CLI::App* command) {
        command->add_option("--reason", cli_.reason, "Only these");
        command->add_option("--type", cli_.type, "Only this message type");
    }
    void add_dead_letters() {
        letters_ = app_.add_subcommand("dead-letters", "Messages that could not be carried out");
        letters_->footer(std::string(examples_of("dead-letters")));
        letters_->require_subcommand(1);
        auto* list = add_letters("list", "Newest first", Command::letters_list);
        add_filter(list);
        list->add_option("--status", cli_.status, "waiting, dead, replayed or discarded")
            ->check(CLI::IsMember({"waiting", "dead", "replayed", "discarded"}));
        auto* show = add_letters("show", "One, whole", Command::letters_show);
        auto* edit = add_letters("edit", "Replace the envelope; the original is kept",
                                 Command::letters_edit);
        edit->add_option("--file", cli_.body_file, "The new envelope; -: standard input")
            ->required();
        auto* replay = add_letters("replay", "Try again now", Command::letters_replay);
        add_filter(replay);
        replay->add_flag("--all", cli_.all, "All dead ones that match");
        replay->add_option("--rate", cli_.rate, "With --all: messages a second");
        replay->add_flag("--dry-run", cli_.dry_run, "With --all: only count");
        auto* discard = add_letters("discard", "Give up, with a reason", Command::letters_discard);
        discard->add_option("--reason", cli_.reason, "Why; kept and audited")->required();
        for (auto* one : {show, edit, discard})
            one->add_option("id", cli_.letter_id, "Its id")->required();
        replay->add_option("id", cli_.letter_id, "Its id");
    }

    std::string what_is_missing() const {
        if (cli_.command == Command::load) return cli_.load.fault();
        if (cli_.command == Command::check && !cli_.url.empty() && !cli_.check.history_file.empty())
            return "--history needs the databases, not --url";
        const bool one = !cli_.letter_id.empty();
        if (cli_.command == Command::letters_replay) {
            if (one == cli_.all) return "give either an id or --all";
            if (!cli_.all &&
                (cli_.dry_run || cli_.rate || !cli_.reason.empty() || !cli_.type.empty()))
                return "--reason, --type, --rate and --dry-run go with --all";
        }
        if (one && cli_.service.empty()) return "--service is required with an id";
        return {};
    }
    CliEnd wrong_usage(const std::string& what) const {
        const auto rest = app_.remaining(true);
        const auto named = app_.get_subcommands();
        if (named.empty() && !rest.empty() && !rest.front().starts_with('-'))
            return {2, fmt::format("waybill: there is no command {}; did you mean {}?\n"
                                   "All commands: waybill help\n",
                                   rest.front(), nearest_command(rest.front()))};
        const std::string help = named.empty() ? "" : " " + named.front()->get_name();
        return {2, fmt::format("waybill: {}\nMore: waybill help{}\n", what, help)};
    }

    Cli cli_;
    CLI::App app_{"", "waybill"};
    CLI::App* letters_ = nullptr;
    std::vector<std::pair<CLI::App*, Command>> commands_;
};

/// `help x y` is `x y --help`.
std::vector<std::string> without_help_word(std::vector<std::string> arguments) {
    if (arguments.front() == "help") {
        arguments.erase(arguments.begin());
        arguments.emplace_back("--help");
    }
    return arguments;
}

}  // namespace

ConfigSources Cli::sources() const {
    ConfigSources sources;
    sources.sets = sets;
    sources.file = config_file;
    for (char** variable = environ; *variable != nullptr; ++variable)
        sources.environment.emplace_back(*variable);
    return sources;
}

tl::expected<Cli, CliEnd> parse_command_line(const std::vector<std::string>& arguments) {
    if (arguments.empty()) return tl::unexpected(CliEnd{2, std::string(overview)});
    const std::string& first = arguments.front();
    if (arguments.size() == 1 && (first == "help" || first == "--help" || first == "-h"))
        return tl::unexpected(CliEnd{0, std::string(overview)});
    if (arguments.size() == 1 && (first == "--version" || first == "version"))
        return tl::unexpected(CliEnd{0, fmt::format("waybill {}\n", version)});
    return Parser().parse(without_help_word(arguments));
}

}  // namespace waybill::app
