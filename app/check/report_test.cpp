#include "app/check/report.hpp"

#include <gmock/gmock.h>

#include "app/check/findings.hpp"
#include "chassis/base/json.hpp"

namespace waybill::check {
namespace {

using ::testing::HasSubstr;

Findings some_findings() {
    Findings findings(1);
    findings.examined(Invariant::stock, 12, "products");
    findings.breach(Invariant::audit, "order \"7\" version 1", "is not there",
                    {*Uuid::parse("0190b6f0-0000-7000-8000-000000000001")});
    findings.breach(Invariant::audit, "order 8 version 1", "is not there");
    findings.leave_out(Invariant::saga, "at work");
    return findings;
}

TEST(CheckReport, text_is_a_line_an_invariant_and_the_breaches_below_it) {
    const std::string text = text_of(some_findings().report(true));
    EXPECT_THAT(text, HasSubstr("I1   stock        held       counters"));
    EXPECT_THAT(text, HasSubstr(": 12 products\n"));
    EXPECT_THAT(text, HasSubstr("I6   saga         not judged at work\n"));
    EXPECT_THAT(text, HasSubstr("       order \"7\" version 1: is not there\n"
                                "         events 0190b6f0-0000-7000-8000-000000000001\n"
                                "       and 1 more\n"));
    EXPECT_THAT(text, HasSubstr("\n8 held, 1 broken, 1 not judged; the system was at work\n"));
}

TEST(CheckReport, json_holds_the_same) {
    const auto document = json::parse(json_of(some_findings().report(false)));
    ASSERT_TRUE(document);
    EXPECT_FALSE(document->find("held")->boolean());
    EXPECT_EQ(document->text_at("moment"), "at-rest");
    const auto invariants = document->find("invariants")->items();
    ASSERT_EQ(invariants.size(), invariant_count);
    EXPECT_EQ(invariants[5].text_at("verdict"), "not judged");
    EXPECT_EQ(invariants[8].text_at("invariant"), "I9a");
    EXPECT_EQ(invariants[8].find("breachCount")->as_int64(), 2);
    EXPECT_EQ(invariants[8].find("breaches")->items()[0].text_at("object"),
              "order \"7\" version 1");
}

TEST(CheckReport, what_was_found_broken_stays_broken_when_the_rest_is_left_out) {
    Findings findings(5);
    findings.breach(Invariant::books, "line", "x");
    findings.leave_out(Invariant::books, "at work");
    EXPECT_EQ(findings.report(true).of(Invariant::books).outcome, Verdict::Outcome::broken);
    EXPECT_FALSE(findings.report(true).held());
}

}  // namespace
}  // namespace waybill::check
