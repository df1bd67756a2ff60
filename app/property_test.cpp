#include "app/property.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "app/edit_distance.hpp"

namespace waybill::app {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Properties, refuse_durations_without_number_or_unit) {
    for (const auto* text : {"", "5", "s", "5 s", "-5s", "5w", "1.5s", "9223372036854775807h"})
        EXPECT_FALSE(parse_duration(text)) << text;
    EXPECT_EQ(parse_duration("250ms"), Duration(milliseconds(250)));
    EXPECT_EQ(parse_duration("0s"), Duration(0));
    EXPECT_EQ(parse_duration("7d"), Duration(hours(24 * 7)));
}

TEST(Properties, refuse_rates_without_count_or_period) {
    for (const auto* text : {"", "5", "/s", "0/s", "5/", "5/w", "100000001/s", "-1/s"})
        EXPECT_FALSE(parse_rate(text)) << text;
    const auto rate = parse_rate("1000/s");
    ASSERT_TRUE(rate);
    EXPECT_EQ(rate->count, 1000);
    EXPECT_EQ(rate->period, Duration(seconds(1)));
}

TEST(Properties, refuse_addresses_without_host_or_port) {
    for (const auto* text : {"", "8080", ":8080", "host", "host:", "host:65536", "host:-1", "[]:1"})
        EXPECT_FALSE(parse_address(text)) << text;
    EXPECT_EQ(parse_address("[::1]:80")->host, "::1");
    EXPECT_EQ(parse_address("localhost:0")->port, 0);
}

TEST(Properties, say_what_would_be_right) {
    const auto fault = [](std::string_view name, std::string_view text) {
        return fault_of(*find_property(name), text);
    };
    EXPECT_EQ(fault("writer.batch_max", "0"), "must be from 1 to 4096");
    EXPECT_EQ(fault("writer.batch_max", "1e3"), "must be a whole number");
    EXPECT_EQ(fault("log.access", "yes"), "must be true or false");
    EXPECT_EQ(fault("gateway.timeout", "1h"), "must be from 1ms to 30000ms");
    EXPECT_EQ(fault("writer.batch_max", "4096"), "");
}

TEST(Properties, have_distinct_names_and_defaults_that_pass_their_own_check) {
    std::set<std::string_view> names;
    for (const auto& property : properties()) {
        EXPECT_TRUE(names.insert(property.name).second) << property.name;
        EXPECT_EQ(fault_of(property, property.standard), "") << property.name;
        EXPECT_TRUE(property.doc.ends_with('.')) << property.name;
    }
}

TEST(Properties, whatever_is_named_like_a_secret_is_one) {
    for (const auto& property : properties()) {
        const auto last = property.name.substr(property.name.rfind('.') + 1);
        const bool sounds = last.find("password") != last.npos ||
                            last.find("secret") != last.npos || last.find("token") != last.npos ||
                            last.ends_with("key");
        EXPECT_EQ(sounds, property.secret) << property.name;
    }
}

TEST(Properties, the_nearest_name_is_the_one_with_the_fewest_slips) {
    EXPECT_EQ(nearest_property("lissten").name, "listen");
    EXPECT_EQ(nearest_property("gateway.rate_limits").name, "gateway.rate_limit");
    EXPECT_EQ(find_property("lissten"), nullptr);
}

TEST(EditDistance, counts_what_has_to_be_changed) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance("serve", "serve"), 0U);
}

}  // namespace
}  // namespace waybill::app
