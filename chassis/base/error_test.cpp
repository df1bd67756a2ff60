#include "chassis/base/error.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "chassis/base/names.hpp"
#include "chassis/base/outcome.hpp"
#include "chassis/base/patch.hpp"

namespace waybill {

enum class Light { Red, Green };
constexpr auto names(Type<Light>) {
    return words<Light>({{Light::Red, "red"}, {Light::Green, "green"}});
}

namespace {

TEST(Problem, EveryTypeHasTheStatusThatTheApiPromises) {
    const std::map<std::string_view, int> promised{{"malformed-json", 400},
                                                   {"malformed-request", 400},
                                                   {"unauthorized", 401},
                                                   {"insufficient-scope", 403},
                                                   {"forbidden", 403},
                                                   {"not-found", 404},
                                                   {"method-not-allowed", 405},
                                                   {"illegal-transition", 409},
                                                   {"price-changed", 409},
                                                   {"stock-below-reserved", 409},
                                                   {"product-reserved", 409},
                                                   {"quantity-changed", 409},
                                                   {"sku-taken", 409},
                                                   {"version-mismatch", 412},
                                                   {"misdirected-request", 421},
                                                   {"payload-too-large", 413},
                                                   {"unsupported-media-type", 415},
                                                   {"validation-failed", 422},
                                                   {"idempotency-key-reused", 422},
                                                   {"unknown-product", 422},
                                                   {"precondition-required", 428},
                                                   {"rate-limited", 429},
                                                   {"internal-error", 500},
                                                   {"overloaded", 503},
                                                   {"unavailable", 503},
                                                   {"bad-gateway", 502},
                                                   {"gateway-timeout", 504}};
    std::map<std::string_view, int> found;
    for (std::size_t i = 0; i < problem_count; ++i) {
        const ProblemInfo& facts = info(static_cast<Problem>(i));
        found[facts.slug] = facts.status;
        EXPECT_FALSE(facts.title.empty()) << facts.slug;
        EXPECT_FALSE(facts.help.empty()) << facts.slug;
    }
    EXPECT_EQ(found, promised);
}

TEST(Problem, TheTableIsInTheOrderOfTheEnumeration) {
    EXPECT_EQ(info(Problem::malformed_json).slug, "malformed-json");
    EXPECT_EQ(info(Problem::version_mismatch).slug, "version-mismatch");
    EXPECT_EQ(info(Problem::misdirected_request).slug, "misdirected-request");
    EXPECT_EQ(info(Problem::gateway_timeout).slug, "gateway-timeout");
}

TEST(Problem, AValueOutsideTheEnumerationIsABug) {
    EXPECT_DEATH(info(static_cast<Problem>(200)), "CHECK failed");
}

TEST(ErrorValue, AnInvalidInputNamesItsFault) {
    const Result<int> result = invalid("/sku", "is taken");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().problem, Problem::validation_failed);
    EXPECT_EQ(result.error().faults, (std::vector<Fault>{{"/sku", "is taken"}}));
}

TEST(ErrorValue, CarriesMembersInOrder) {
    const Error error = Error(Problem::stock_below_reserved, "Too few.")
                            .with("quantity", std::int64_t{3})
                            .with("sku", std::string("LAP-15"));
    ASSERT_EQ(error.members.size(), 2U);
    EXPECT_EQ(error.members[0].first, "quantity");
    EXPECT_EQ(std::get<std::int64_t>(error.members[0].second), 3);
    EXPECT_EQ(std::get<std::string>(error.members[1].second), "LAP-15");
}

TEST(OutcomeValue, IsEventsOrARejectionOrNothingWithItsReason) {
    using Outcome = OutcomeOf<int>;
    EXPECT_EQ(std::get<0>(Outcome(std::vector<int>{1, 2})).size(), 2U);
    EXPECT_EQ(std::get<Rejection>(Outcome(Error(Problem::not_found, "none"))).problem,
              Problem::not_found);
    EXPECT_EQ(std::get<Nothing>(Outcome(Nothing{"already_shipped"})).reason, "already_shipped");
}

TEST(Names, AWordIsFoundExactly) {
    EXPECT_EQ(word_of(Light::Green), "green");
    EXPECT_EQ(word_of(static_cast<Light>(9)), "");
    EXPECT_EQ(from_word<Light>("red"), Light::Red);
    EXPECT_EQ(from_word<Light>("Red"), std::nullopt);
    EXPECT_EQ(from_word<Light>(""), std::nullopt);
}

TEST(PatchValue, ReplacesClearsOrKeeps) {
    std::optional<int> maybe = 1;
    int always = 1;
    Patch<int>().apply_to(maybe);
    EXPECT_EQ(maybe, 1);
    Patch<int>::null().apply_to(always);
    EXPECT_EQ(always, 1);
    Patch<int>(2).apply_to(always);
    EXPECT_EQ(always, 2);
    Patch<int>::null().apply_to(maybe);
    EXPECT_EQ(maybe, std::nullopt);
}

}  // namespace
}  // namespace waybill
