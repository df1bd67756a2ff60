#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "app/config_pages.hpp"
#include "chassis/sql/temporary_folder.hpp"

namespace waybill::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Configuration : public testing::Test {
 protected:
    /// A file with this text; its name.
    std::string file(const std::string& text, const std::string& name = "w.toml") {
        const std::string path = folder_.file(name);
        std::FILE* out = std::fopen(path.c_str(), "w");
        std::fputs(text.c_str(), out);
        std::fclose(out);
        return path;
    }
    std::vector<std::string> faults(const ConfigSources& sources) {
        const auto config = Config::load(with_file(sources));
        return config ? std::vector<std::string>() : config.error();
    }
    Config config(const ConfigSources& sources) {
        auto config = Config::load(with_file(sources));
        if (config) return std::move(*config);
        ADD_FAILURE() << testing::PrintToString(config.error());
        return *Config::load({.file = file("", "empty.toml")});
    }
    /// Never the file of the folder that the test happens to run in.
    ConfigSources with_file(ConfigSources sources) {
        if (sources.file.empty()) sources.file = file("", "empty.toml");
        return sources;
    }
    sql::TemporaryFolder folder_;
};

TEST_F(Configuration, names_file_line_and_the_nearest_key_for_an_unknown_one) {
    const auto path = file("listen = \"127.0.0.1:1\"\n[gateway]\nrate_limt = \"5/s\"\n");
    EXPECT_THAT(faults({.file = path}),
                ElementsAre(AllOf(HasSubstr(path + ":3"), HasSubstr("gateway.rate_limt"),
                                  HasSubstr("did you mean gateway.rate_limit?"))));
}

TEST_F(Configuration, gives_every_fault_a_line_of_its_own) {
    const auto path = file("threads = 1000\nlisten = \"nowhere\"\n[log]\nformat = \"xml\"\n");
    EXPECT_THAT(faults({.sets = {{"writer.batch_max", "no"}}, .file = path}),
                testing::UnorderedElementsAre(HasSubstr("threads"), HasSubstr("host:port"),
                                              HasSubstr("auto|text|json"), HasSubstr("--set")));
}

TEST_F(Configuration, refuses_a_file_that_is_no_toml_with_its_line) {
    EXPECT_THAT(faults({.file = file("listen = \n")}), ElementsAre(HasSubstr("w.toml:1")));
    EXPECT_EQ(faults({.file = folder_.file("absent.toml")}).size(), 1U);
}

TEST_F(Configuration, survives_malformed_texts_that_the_parser_asserts_on) {
    for (const std::string text : {"[,", "[\"", "[[", "a.", "= 1", "a = {", "a = [1,,]"})
        EXPECT_FALSE(faults({.file = file(text)}).empty()) << text;
}

TEST_F(Configuration, names_the_line_of_a_letter_that_may_not_stand_in_a_file) {
    for (const std::string letter : {"\xc3\xa9", "\xef\xb3\xbf", "\x7f"})
        EXPECT_THAT(faults({.file = file("# one\nlisten = " + letter)}),
                    ElementsAre(AllOf(HasSubstr(":2:"), HasSubstr("ASCII"))));
}

TEST_F(Configuration, refuses_a_misspelt_variable) {
    EXPECT_THAT(faults({.environment = {"WAYBILL_LISTN=127.0.0.1:1"}}),
                ElementsAre(HasSubstr("did you mean WAYBILL_LISTEN?")));
}

TEST_F(Configuration, knows_the_variables_of_deliberate_faults_only_where_they_are_built_in) {
#ifdef WAYBILL_FAULTS
    EXPECT_THAT(faults({.environment = {"WAYBILL_CRASH_AT=x:1", "WAYBILL_PLANT=oversell"}}),
                ElementsAre());
#else
    EXPECT_EQ(faults({.environment = {"WAYBILL_CRASH_AT=x:1", "WAYBILL_PLANT=oversell"}}).size(),
              2U);
#endif
}

TEST_F(Configuration, refuses_a_variable_that_names_a_file_which_is_not_there) {
    EXPECT_THAT(faults({.environment = {"WAYBILL_LISTEN_FILE=" + folder_.file("absent")}}),
                ElementsAre(HasSubstr("cannot be read")));
}

TEST_F(Configuration, refuses_passwords_in_urls) {
    EXPECT_THAT(faults({.sets = {{"auth.issuer", "http://me:word@127.0.0.1/realms/x"}}}),
                ElementsAre(HasSubstr("no user or password")));
}

TEST_F(Configuration, never_repeats_what_may_be_secret_in_a_complaint) {
    EXPECT_THAT(faults({.sets = {{"auth.issuer", "http://me:w0rd@127.0.0.1/realms/x"}}}),
                ElementsAre(Not(HasSubstr("w0rd"))));
    const auto kept = file("w0rd", "secret.txt");
    EXPECT_THAT(faults({.environment = {"WAYBILL_AUTH_ISSUER_FILE=" + kept}}),
                ElementsAre(AllOf(HasSubstr("auth.issuer"), Not(HasSubstr("w0rd")))));
}

TEST_F(Configuration, stronger_sources_win_and_are_named) {
    const auto path = file("threads = 1\n[writer]\nbatch_max = 7\nqueue_max = 100\n");
    const auto all = config({.sets = {{"threads", "3"}},
                             .environment = {"WAYBILL_THREADS=2", "WAYBILL_WRITER_BATCH_MAX=8"},
                             .file = path});
    EXPECT_EQ(all.integer("threads"), 3);
    EXPECT_EQ(all.value("threads").source, "--set");
    EXPECT_EQ(all.integer("writer.batch_max"), 8);
    EXPECT_EQ(all.value("writer.batch_max").source, "WAYBILL_WRITER_BATCH_MAX");
    EXPECT_EQ(all.integer("writer.queue_max"), 100);
    EXPECT_EQ(all.value("writer.queue_max").source, path + ":4");
    EXPECT_EQ(all.value("listen").source, "default");
}

TEST_F(Configuration, reads_a_value_from_the_file_that_a_variable_names) {
    const auto kept = file("127.0.0.1:9\n", "listen.txt");
    EXPECT_EQ(config({.environment = {"WAYBILL_LISTEN_FILE=" + kept}}).text("listen"),
              "127.0.0.1:9");
}

TEST_F(Configuration, reads_lists_durations_and_rates) {
    const auto all = config({.sets = {{"services", "orders, audit"},
                                      {"gateway.timeout", "250ms"},
                                      {"gateway.rate_limit", "60/m"}}});
    EXPECT_THAT(all.list("services"), ElementsAre("orders", "audit"));
    EXPECT_EQ(all.duration("gateway.timeout"), std::chrono::milliseconds(250));
    EXPECT_EQ(all.rate("gateway.rate_limit").count, 60);
    EXPECT_EQ(all.rate("gateway.rate_limit").period, std::chrono::minutes(1));
}

TEST_F(Configuration, the_template_is_a_file_that_changes_nothing) {
    std::string text = configuration_template();
    // Takes the # from every `# key = value`; comments in words have no such form.
    std::string active;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        const std::string line = text.substr(at, end - at);
        const auto equals = line.find(" = ");
        const bool property = line.starts_with("# ") && equals != std::string::npos &&
                              line.substr(2, equals - 2).find(' ') == std::string::npos;
        active += (property ? line.substr(2) : line) + "\n";
        at = end + 1;
    }
    const auto all = config({.file = file(active)});
    for (const auto& property : properties()) {
        EXPECT_EQ(all.text(property.name), property.standard) << property.name;
        EXPECT_NE(all.value(property.name).source, "default") << property.name;
    }
}

TEST_F(Configuration, what_is_in_effect_stands_with_its_source) {
    const auto text = effective_configuration(config({.sets = {{"threads", "3"}}}));
    EXPECT_THAT(text, testing::ContainsRegex("threads = 3 +# --set\n"));
    EXPECT_THAT(text, testing::ContainsRegex("listen = \"127.0.0.1:8080\" +# default\n"));
}

TEST_F(Configuration, the_page_has_a_row_for_every_property) {
    const auto page = configuration_page();
    for (const auto& property : properties())
        EXPECT_THAT(page, HasSubstr(std::string("| `") + std::string(property.name) + "` |"));
}

}  // namespace
}  // namespace waybill::app
