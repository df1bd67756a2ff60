#include "services/gateway/route_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/gateway/path_template.hpp"

namespace waybill::gateway {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

GatewayRoute default_route(std::string method, std::string path, std::string scope,
                           std::string role = "") {
    GatewayRoute route;
    route.method = std::move(method);
    route.path = std::move(path);
    route.upstream = "orders";
    route.scope = std::move(scope);
    route.role = std::move(role);
    return route;
}

class RouteRules : public ::testing::Test {
 protected:
    auto apply(std::vector<RouteRule> rules) {
        for (RouteRule& rule : rules) rule.place = "routes.toml:7";
        return apply_rules(defaults_, rules, {}, seconds(5));
    }
    std::vector<std::string> faults(RouteRule rule) {
        const auto applied = apply({std::move(rule)});
        return applied ? std::vector<std::string>{} : applied.error();
    }
    std::vector<GatewayRoute> defaults_{
        default_route("GET", "/v1/orders", "orders.read"),
        default_route("POST", "/v1/orders/{id}/ship", "orders.write", "operator"),
        default_route("GET", "/health/live", "public")};
};

TEST_F(RouteRules, RefuseToMakeARoutePublic) {
    EXPECT_THAT(faults({.method = "GET", .path = "/v1/orders", .scope = "public"}),
                ElementsAre(HasSubstr("routes.toml:7: GET /v1/orders: auth = \"public\" is looser "
                                      "than \"orders.read\"")));
}

TEST_F(RouteRules, RefuseAnotherScopeAndALesserRole) {
    EXPECT_EQ(faults({.method = "GET", .path = "/v1/orders", .scope = "inventory.read"}).size(),
              1U);
    EXPECT_THAT(faults({.method = "POST", .path = "/v1/orders/{x}/ship", .role = "customer"}),
                ElementsAre(HasSubstr("role \"customer\" is looser than \"operator\"")));
    EXPECT_EQ(faults({.method = "POST", .path = "/v1/orders/{id}/ship", .role = ""}).size(), 1U);
}

TEST_F(RouteRules, RefuseHigherRatesLongerTimeoutsAndMoreAtOnce) {
    EXPECT_EQ(faults({.method = "GET",
                      .path = "/v1/orders",
                      .rate = resilience::Rate{.count = 1001, .burst = 1001}})
                  .size(),
              1U);
    EXPECT_EQ(faults({.method = "GET", .path = "/v1/orders", .timeout = seconds(6)}).size(), 1U);
    defaults_[0].concurrency_max = 10;
    EXPECT_EQ(faults({.method = "GET", .path = "/v1/orders", .concurrency_max = 11}).size(), 1U);
}

TEST_F(RouteRules, RefuseAnAddedRouteThatOpensAPathOfADefaultRoute) {
    EXPECT_EQ(faults({.method = "POST",
                      .path = "/v1/orders/vip/ship",
                      .upstream = "orders",
                      .scope = "public"})
                  .size(),
              2U)
        << "scope and role";
    EXPECT_EQ(faults({.method = "POST", .path = "/v1/*", .upstream = "x", .scope = "orders.write"})
                  .size(),
              1U);
    EXPECT_EQ(
        faults({.method = "HEAD", .path = "/v1/orders", .upstream = "orders", .scope = "public"})
            .size(),
        1U)
        << "HEAD is answered by GET";
    EXPECT_EQ(faults({.method = "GET",
                      .path = "/v1/orders",
                      .host = "other.example",
                      .upstream = "orders",
                      .scope = "public"})
                  .size(),
              1U);
}

TEST_F(RouteRules, RefuseAnAddedRouteThatReachesADefaultRouteByRewriting) {
    EXPECT_EQ(faults({.method = "GET",
                      .path = "/shop/orders",
                      .upstream = "orders",
                      .scope = "public",
                      .strip_prefix = "/shop",
                      .add_prefix = "/v1"})
                  .size(),
              1U);
    EXPECT_EQ(faults({.method = "GET",
                      .path = "/shop/*",
                      .upstream = "orders",
                      .scope = "public",
                      .strip_prefix = "/shop"})
                  .size(),
              1U)
        << "of the two GET routes behind the prefix one is public anyway";
}

TEST_F(RouteRules, RefuseToLendAnotherToken) {
    EXPECT_THAT(faults({.method = "GET",
                        .path = "/v1/orders",
                        .set_headers = {{"authorization", "Bearer x"}}}),
                ElementsAre(HasSubstr("sets Authorization")));
}

TEST_F(RouteRules, RefuseAnAddedRouteWithoutUpstreamOrAuth) {
    EXPECT_THAT(faults({.method = "GET", .path = "/shop"}),
                ElementsAre(HasSubstr("must name its upstream"), HasSubstr("must say auth")));
}

TEST_F(RouteRules, RefuseToCloseWhatIsNotThere) {
    EXPECT_EQ(faults({.method = "GET", .path = "/nothing", .closed = true}).size(), 1U);
}

TEST_F(RouteRules, ReportEveryFaultAtOnce) {
    const auto applied = apply({{.method = "GET", .path = "/v1/orders", .scope = "public"},
                                {.method = "GET", .path = "/shop"}});
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().size(), 3U);
}

TEST_F(RouteRules, CannotLoosenStepByStep) {
    const auto applied =
        apply({{.method = "POST", .path = "/v1/orders/{id}/ship", .role = "admin"},
               {.method = "POST", .path = "/v1/orders/{id}/ship", .role = "operator"},
               {.method = "POST", .path = "/v1/orders/{id}/ship", .role = ""}});
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().size(), 1U);
}

TEST_F(RouteRules, TightenWhatIsThere) {
    const auto applied = apply({{.method = "POST", .path = "/v1/orders/{id}/ship", .role = "admin"},
                                {.method = "GET",
                                 .path = "/v1/orders",
                                 .rate = resilience::Rate{.count = 10, .burst = 10},
                                 .timeout = seconds(1),
                                 .concurrency_max = 5},
                                {.method = "GET", .path = "/health/live", .closed = true}});
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->at(1).role, "admin");
    EXPECT_EQ(applied->at(1).scope, "orders.write");
    EXPECT_EQ(applied->at(0).rate->count, 10);
    EXPECT_EQ(applied->at(0).timeout, Duration(seconds(1)));
    EXPECT_EQ(applied->at(0).concurrency_max, 5U);
    EXPECT_TRUE(applied->at(2).closed);
}

TEST_F(RouteRules, AddARouteOfItsOwn) {
    const auto applied =
        apply({{.method = "GET", .path = "/legacy/*", .upstream = "legacy", .scope = "public"}});
    ASSERT_TRUE(applied);
    EXPECT_EQ(applied->back().upstream, "legacy");
    EXPECT_TRUE(faults_of(*applied, {"orders", "legacy"}).empty());
}

TEST(Routes, WithoutAuthOrUpstreamOrTwiceDoNotLoad) {
    auto silent = default_route("GET", "/a", "");
    auto lost = default_route("GET", "/b", "public");
    lost.upstream = "nowhere";
    auto twice = default_route("GET", "/c/{id}", "public");
    auto again = default_route("GET", "/c/{other}", "public");
    auto malformed = default_route("GET", "no-slash", "public");
    const auto faults = faults_of({silent, lost, twice, again, malformed}, {"orders"});
    ASSERT_EQ(faults.size(), 4U);
    EXPECT_THAT(faults[0], HasSubstr("route GET /a: it has no auth rule"));
    EXPECT_THAT(faults[1], HasSubstr("no upstream 'nowhere'"));
    EXPECT_THAT(faults[2], HasSubstr("same method, host and path"));
    EXPECT_THAT(faults[3], HasSubstr("not a template"));
}

TEST(Routes, WithMalformedTransformsDoNotLoad) {
    auto route = default_route("GET", "/a/{id}", "public");
    route.strip_prefix = "/b";
    route.add_prefix = "/c/";
    route.set_headers = {{"Bad Name", "x"}};
    route.set_response_headers = {{"X", "a\r\nb"}};
    route.remove_headers = {"also bad"};
    EXPECT_EQ(faults_of({route}, {"orders"}).size(), 4U);
}

TEST(Routes, OfAServiceCarryItsDemands) {
    http::Routes table("orders");
    table.post("/v1/orders/{id}/ship",
               {.scope = "orders.write", .role = "operator", .priority = http::Priority::move},
               [](http::Call&) -> Task<http::Response> { throw std::logic_error("not called"); });
    const auto routes = routes_of(table, "orders-upstream");
    ASSERT_EQ(routes.size(), 1U);
    EXPECT_EQ(describe(routes[0]), "POST /v1/orders/{id}/ship");
    EXPECT_EQ(routes[0].scope, "orders.write");
    EXPECT_EQ(routes[0].role, "operator");
    EXPECT_EQ(routes[0].upstream, "orders-upstream");
    EXPECT_EQ(routes[0].importance, resilience::Importance::move);
}

TEST(PathTemplate, KnowsWhatOverlaps) {
    EXPECT_TRUE(overlap("/v1/orders/{id}", "/v1/orders/vip"));
    EXPECT_TRUE(overlap("/v1/{a}/x", "/v1/orders/{b}"));
    EXPECT_TRUE(overlap("/v1/*", "/v1/orders/{id}"));
    EXPECT_TRUE(overlap("/*", "/"));
    EXPECT_TRUE(overlap("/d/{id}:replay", "/d/{id}"));
    EXPECT_TRUE(overlap("/d/x:replay", "/d/{id}:replay"));
    EXPECT_FALSE(overlap("/d/{id}:replay", "/d/{id}:discard"));
    EXPECT_FALSE(overlap("/v1/orders", "/v1/orders/{id}"));
    EXPECT_FALSE(overlap("/v1/orders/{id}", "/v1/products/{id}"));
    EXPECT_FALSE(overlap("/v1/orders/a", "/v1/orders/b"));
}

TEST(PathTemplate, RewritesWholeSegmentsAlone) {
    EXPECT_EQ(rewrite("/legacy/a", "/legacy", "/v2"), "/v2/a");
    EXPECT_EQ(rewrite("/legacy", "/legacy", ""), "/");
    EXPECT_EQ(rewrite("/legacyx/a", "/legacy", ""), "/legacyx/a");
}

}  // namespace
}  // namespace waybill::gateway
