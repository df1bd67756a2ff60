#include "app/cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waybill::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

CliEnd end_of(const std::vector<std::string>& arguments) {
    const auto cli = parse_command_line(arguments);
    return cli ? CliEnd{-1, "it was parsed"} : cli.error();
}

Cli parsed(const std::vector<std::string>& arguments) {
    auto cli = parse_command_line(arguments);
    EXPECT_TRUE(cli) << cli.error().text;
    return cli ? *cli : Cli();
}

TEST(CommandLine, refuses_an_unknown_command_and_names_the_nearest) {
    const auto end = end_of({"servve"});
    EXPECT_EQ(end.exit_code, 2);
    EXPECT_THAT(end.text, HasSubstr("did you mean serve?"));
    EXPECT_THAT(end_of({"dead-leters", "list"}).text, HasSubstr("did you mean dead-letters?"));
}

TEST(CommandLine, refuses_no_command_with_the_overview) {
    const auto end = end_of({});
    EXPECT_EQ(end.exit_code, 2);
    EXPECT_THAT(end.text, HasSubstr("Usage: waybill COMMAND"));
}

TEST(CommandLine, refuses_what_an_option_cannot_mean) {
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"serve", "--colour"},
             {"serve", "--ready-fd", "three"},
             {"serve", "--set", "listen"},
             {"serve", "--set", "=8"},
             {"serve", "extra"},
             {"seed", "--products", "0"},
             {"seed", "--products", "1000001"},
             {"seed", "--token", "a", "--token-file", "b"},
             {"config", "--markdown"},
             {"config", "check"},
             {"dead-letters"},
             {"dead-letters", "list", "--service", "gateway"},
             {"dead-letters", "list", "--status", "alive"},
             {"dead-letters", "show"},
             {"dead-letters", "show", "17"},
             {"dead-letters", "edit", "17", "--service", "orders"},
             {"dead-letters", "discard", "17", "--service", "orders"},
             {"dead-letters", "replay", "--service", "orders"},
             {"dead-letters", "replay", "17", "--all", "--service", "orders"},
             {"dead-letters", "replay", "17", "--dry-run", "--service", "orders"}}) {
        const auto end = end_of(arguments);
        EXPECT_EQ(end.exit_code, 2) << arguments.front() << " " << end.text;
        EXPECT_THAT(end.text, HasSubstr("waybill: "));
    }
}

TEST(CommandLine, help_and_version_end_well) {
    EXPECT_EQ(end_of({"help"}).exit_code, 0);
    EXPECT_EQ(end_of({"--help"}).exit_code, 0);
    EXPECT_THAT(end_of({"--version"}).text, testing::StartsWith("waybill "));
    EXPECT_EQ(end_of({"--version"}).exit_code, 0);
}

TEST(CommandLine, each_command_has_help_with_its_options_and_examples) {
    for (const std::string command :
         {"serve", "demo", "token", "seed", "config", "doctor", "migrate", "dead-letters"}) {
        const auto end = end_of({"help", command});
        EXPECT_EQ(end.exit_code, 0) << command;
        EXPECT_THAT(end.text, HasSubstr("Examples:")) << command;
        EXPECT_EQ(end.text, end_of({command, "--help"}).text) << command;
    }
    EXPECT_THAT(end_of({"help", "dead-letters", "replay"}).text, HasSubstr("--dry-run"));
}

TEST(CommandLine, serve_turns_its_options_into_properties_in_order) {
    const auto cli =
        parsed({"serve", "--listen", "127.0.0.1:0", "--data", "/tmp/d", "--set", "log.access=true",
                "--set", "gateway.routes_file=a=b", "--services", "orders,audit", "--threads", "2",
                "--ready-fd", "3", "--config", "w.toml"});
    EXPECT_EQ(cli.command, Cli::Command::serve);
    EXPECT_EQ(cli.ready_fd, 3);
    EXPECT_EQ(cli.config_file, "w.toml");
    EXPECT_THAT(cli.sets, testing::UnorderedElementsAre(
                              Pair("listen", "127.0.0.1:0"), Pair("data.folder", "/tmp/d"),
                              Pair("log.access", "true"), Pair("gateway.routes_file", "a=b"),
                              Pair("services", "orders,audit"), Pair("threads", "2")));
}

TEST(CommandLine, commands_against_an_instance_take_where_and_who) {
    const auto cli = parsed({"token", "--user", "operator", "--scope", "orders.read orders.write",
                             "--url", "http://127.0.0.1:9000"});
    EXPECT_EQ(cli.command, Cli::Command::token);
    EXPECT_EQ(cli.user, "operator");
    EXPECT_EQ(cli.scope, "orders.read orders.write");
    EXPECT_EQ(cli.url, "http://127.0.0.1:9000");
    EXPECT_EQ(cli.password, "waybill");
    EXPECT_EQ(parsed({"seed", "--products", "500"}).products, 500U);
}

TEST(CommandLine, the_innermost_command_counts) {
    EXPECT_EQ(parsed({"config"}).command, Cli::Command::config);
    const auto check = parsed({"config", "check", "w.toml"});
    EXPECT_EQ(check.command, Cli::Command::config_check);
    EXPECT_EQ(check.config_file, "w.toml");
    const auto replay =
        parsed({"dead-letters", "replay", "--all", "--rate", "50", "--reason", "bad"});
    EXPECT_EQ(replay.command, Cli::Command::letters_replay);
    EXPECT_EQ(replay.rate, 50);
    EXPECT_EQ(replay.reason, "bad");
    const auto discard = parsed(
        {"dead-letters", "discard", "17", "--service", "orders", "--reason", "sent by a test"});
    EXPECT_EQ(discard.command, Cli::Command::letters_discard);
    EXPECT_EQ(discard.letter_id, "17");
}

}  // namespace
}  // namespace waybill::app
