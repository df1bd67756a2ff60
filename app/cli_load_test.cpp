#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/cli.hpp"

namespace waybill::app {
namespace {

using testing::HasSubstr;

std::vector<std::string> load_with(std::vector<std::string> options) {
    options.insert(options.begin(), "load");
    return options;
}

TEST(LoadCommandLine, RefusesWhatAnOptionCannotMeanAndSaysWhatItCould) {
    struct Wrong {
        std::vector<std::string> options;
        std::string said;
    };
    for (const Wrong& wrong :
         std::vector<Wrong>{{{"--rate", "fast"}, "500/s"},
                            {{"--rate", "0"}, "500/s"},
                            {{"--duration", "60"}, "with its unit"},
                            {{"--timeout", "-1s"}, "with its unit"},
                            {{"--ramp", "100"}, "FROM:TO"},
                            {{"--ramp", "100:"}, "FROM:TO"},
                            {{"--overload", "1"}, "--overload"},
                            {{"--mix", "create=60,buy=40"}, "buy=40"},
                            {{"--slo", "p98=1s"}, "p98=1s"},
                            {{"--retry", "always"}, "--retry"},
                            {{"--arrivals", "odd"}, "--arrivals"},
                            {{"--connections", "0"}, "--connections"},
                            {{"--rate", "5", "--ramp", "1:2"}, "either --rate or --ramp"},
                            {{"--get", "/x", "--mix", "create=1"}, "either --mix or --get"},
                            {{"--get", "x"}, "begins with /"},
                            {{"--mix", "ship=1"}, "give create a weight"},
                            {{"--connections", "1", "--threads", "2"}, "at least --threads"}}) {
        const auto cli = parse_command_line(load_with(wrong.options));
        ASSERT_FALSE(cli) << wrong.options.front();
        EXPECT_EQ(cli.error().exit_code, 2);
        EXPECT_THAT(cli.error().text, HasSubstr(wrong.said));
    }
}

TEST(LoadCommandLine, HasTheUsualMixAndPaceWithoutOptions) {
    const auto cli = parse_command_line({"load"});
    ASSERT_TRUE(cli);
    EXPECT_EQ(cli->command, Cli::Command::load);
    EXPECT_EQ(cli->load.wish.rate, 100);
    EXPECT_EQ(cli->load.wish.duration, std::chrono::seconds(30));
    EXPECT_EQ(cli->load.mix.weight(load::Operation::create), 60U);
    EXPECT_EQ(cli->load.retry, load::Retry::none);
}

TEST(LoadCommandLine, TakesEveryOption) {
    const auto cli = parse_command_line(
        load_with({"--ramp",    "100:5000",   "--overload",    "3",        "--duration",  "10s",
                   "--warm-up", "500ms",      "--retry",       "storm",    "--arrivals",  "poisson",
                   "--slo",     "errors=1%",  "--json",        "-",        "--history",   "h.jsonl",
                   "--seed",    "7",          "--mix",         "create=1", "--threads",   "2",
                   "--timeout", "2s",         "--products",    "5",        "--customers", "50",
                   "--url",     "http://a:1", "--connections", "64"}));
    ASSERT_TRUE(cli) << cli.error().text;
    const LoadCli& load = cli->load;
    EXPECT_EQ(load.wish.ramp->to, 5'000);
    EXPECT_EQ(load.wish.overload, 3);
    EXPECT_EQ(load.wish.warm_up, std::chrono::milliseconds(500));
    EXPECT_EQ(load.retry, load::Retry::storm);
    EXPECT_EQ(load.arrivals, load::Arrivals::poisson);
    EXPECT_EQ(load.objectives.size(), 1U);
    EXPECT_EQ(load.json_file, "-");
    EXPECT_EQ(load.history_file, "h.jsonl");
    EXPECT_EQ(load.seed, 7U);
    EXPECT_EQ(load.threads, 2U);
    EXPECT_EQ(load.timeout, std::chrono::seconds(2));
    EXPECT_EQ(load.products, 5U);
    EXPECT_EQ(load.customers, 50U);
    EXPECT_EQ(load.connections, 64U);
    EXPECT_EQ(cli->url, "http://a:1");
}

TEST(LoadCommandLine, ItsHelpNamesTheOptionsAndGivesExamples) {
    const auto end = parse_command_line({"help", "load"});
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().exit_code, 0);
    for (const auto* text : {"--rate", "--ramp", "--overload", "--slo", "--history", "Examples:"})
        EXPECT_THAT(end.error().text, HasSubstr(text));
}

}  // namespace
}  // namespace waybill::app
