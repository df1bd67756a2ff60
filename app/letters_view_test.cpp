#include "app/letters_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waybill::app {
namespace {

using testing::HasSubstr;

constexpr std::string_view letter_json =
    R"({"id":"17","service":"orders","queue":"orders","messageId":"m",)"
    R"("messageType":"ProductCreated",)"
    R"("aggregateId":"product/1","reason":"validation-failed","exception":"no sku","attempts":6,)"
    R"("firstFailedAt":"2026-11-23T10:00:00.000000Z","lastFailedAt":"2026-11-23T11:00:00.000000Z",)"
    R"("status":"dead","editedBy":null,"headers":{},"body":{"a":1}})";

TEST(DeadLetterViews, a_query_holds_what_was_asked_for_and_nothing_can_break_out) {
    Cli cli;
    EXPECT_EQ(list_query(cli, ""), "?limit=100");
    cli.reason = "a&b=c";
    cli.type = "OrderCreated";
    cli.status = "dead";
    EXPECT_EQ(list_query(cli, "n/1"),
              "?limit=100&reason=a%26b%3Dc&messageType=OrderCreated&status=dead&cursor=n%2F1");
}

TEST(DeadLetterViews, bodies_hold_what_was_asked_for) {
    Cli cli;
    EXPECT_EQ(replay_body(cli), "{}");
    cli.reason = "say \"no\"";
    cli.rate = 50;
    cli.dry_run = true;
    EXPECT_EQ(replay_body(cli), R"({"reason":"say \"no\"","rate":50,"dryRun":true})");
    EXPECT_EQ(discard_body(cli), R"({"reason":"say \"no\""})");
}

TEST(DeadLetterViews, a_table_has_a_row_for_each_letter) {
    const auto text = letters_table({std::string(letter_json)}, 200);
    EXPECT_THAT(text, testing::StartsWith("SERVICE"));
    EXPECT_THAT(text, HasSubstr("orders   17  dead    ProductCreated  6      2026-11-23T11:00:00  "
                                "validation-failed  no sku\n"));
}

TEST(DeadLetterViews, one_letter_is_shown_whole) {
    const auto letter = json::parse(letter_json);
    ASSERT_TRUE(letter);
    const auto text = letter_text(*letter);
    EXPECT_THAT(text, HasSubstr("messageType    ProductCreated\n"));
    EXPECT_THAT(text, HasSubstr("editedBy       -\n"));
    EXPECT_THAT(text, testing::EndsWith("body           {\"a\":1}"));
}

}  // namespace
}  // namespace waybill::app
