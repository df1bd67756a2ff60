#include "chassis/http/problem.hpp"

#include <gtest/gtest.h>

#include "chassis/base/json.hpp"

namespace waybill::http {
namespace {

TEST(Problem, CarriesEveryFaultMemberAndTheTrace) {
    Error error(Problem::validation_failed, "Two faults.");
    error.faults = {{"/items/0/quantity", "must be at least 1"}, {"?limit", "must be \"small\""}};
    error.members = {{"currentStatus", std::string("Shipped")},
                     {"quantity", std::int64_t{3}},
                     {"items", std::vector<FlatObject>{
                                   {{"sku", std::string("A")}, {"unitPrice", std::int64_t{5}}}}}};
    error.retry_after = std::chrono::seconds(7);
    const TraceContext trace =
        TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").value();
    const Response response = problem(error, "/v1/orders", trace);
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(response.headers.get("content-type"), "application/problem+json");
    EXPECT_EQ(response.headers.get("retry-after"), "7");
    const auto body = json::parse(response.body.bytes());
    ASSERT_TRUE(body);
    EXPECT_EQ(body->text_at("type"), "/problems/validation-failed");
    EXPECT_EQ(body->find("status")->as_int64(), 422);
    EXPECT_EQ(body->text_at("detail"), "Two faults.");
    EXPECT_EQ(body->text_at("instance"), "/v1/orders");
    EXPECT_EQ(body->text_at("traceId"), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(body->find("errors")->items()[1].text_at("message"), "must be \"small\"");
    EXPECT_EQ(body->text_at("currentStatus"), "Shipped");
    EXPECT_EQ(body->find("quantity")->as_int64(), 3);
    EXPECT_EQ(body->find("items")->items()[0].text_at("sku"), "A");
}

TEST(Problem, HasAPageForEveryType) {
    EXPECT_EQ(problem_page("no-such-problem"), std::nullopt);
    for (std::size_t i = 0; i < problem_count; ++i) {
        const ProblemInfo& facts = info(static_cast<Problem>(i));
        const auto page = problem_page(facts.slug);
        ASSERT_TRUE(page);
        EXPECT_NE(page->find(facts.slug), std::string::npos);
    }
}

}  // namespace
}  // namespace waybill::http
