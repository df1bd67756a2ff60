#include "chassis/auth/policy.hpp"

#include <gtest/gtest.h>

#include "chassis/auth/refusal.hpp"

namespace waybill::auth {
namespace {

http::Principal caller(std::vector<std::string> scopes, std::vector<std::string> roles) {
    return {"someone", "waybill-cli", "", std::move(scopes), std::move(roles)};
}

TEST(Policy, AdmitsNobodyToARouteWithoutAScope) {
    EXPECT_EQ(authorise(caller({"", "orders.read"}, {"admin"}), http::RouteSpec{}),
              Access::forbidden);
}

TEST(Policy, AdmitsNobodyWithoutASubject) {
    http::Principal nobody;
    nobody.scopes = {"orders.read"};
    EXPECT_EQ(authorise(nobody, http::RouteSpec{.scope = "orders.read"}), Access::forbidden);
    EXPECT_EQ(authorise(nobody, Requirement{}), Access::forbidden);
}

TEST(Policy, ComparesScopesExactly) {
    const http::RouteSpec spec{.scope = "orders.read"};
    for (const char* scope : {"orders.rea", "orders.readx", "Orders.read", "orders.*", "orders"})
        EXPECT_EQ(authorise(caller({scope}, {"admin"}), spec), Access::insufficient_scope) << scope;
    EXPECT_EQ(authorise(caller({"audit.read", "orders.read"}, {}), spec), Access::allowed);
}

TEST(Policy, DemandsTheRoleBesideTheScope) {
    const http::RouteSpec spec{.scope = "audit.read", .role = "operator"};
    EXPECT_EQ(authorise(caller({}, {"operator"}), spec), Access::insufficient_scope);
    EXPECT_EQ(authorise(caller({"audit.read"}, {"customer"}), spec), Access::forbidden);
    EXPECT_EQ(authorise(caller({"audit.read"}, {"operator"}), spec), Access::allowed);
    EXPECT_EQ(authorise(caller({"audit.read"}, {"admin"}), spec), Access::allowed);
    EXPECT_EQ(authorise(caller({"audit.read"}, {"operator"}),
                        http::RouteSpec{.scope = "audit.read", .role = "admin"}),
              Access::forbidden);
}

TEST(Policy, OpensARouteOnlyWhenPublicIsWrittenOut) {
    EXPECT_FALSE(is_public(http::RouteSpec{}));
    EXPECT_FALSE(is_public(http::RouteSpec{.scope = "Public"}));
    EXPECT_TRUE(is_public(http::RouteSpec{.scope = "public"}));
    EXPECT_EQ(authorise(http::Principal{}, http::RouteSpec{.scope = "public"}), Access::allowed);
}

TEST(Policy, TellsAllScopesFromAnyOfThem) {
    Requirement both{{"orders.read", "audit.read"}, Requirement::Scopes::all, ""};
    Requirement any{{"orders.read", "audit.read"}, Requirement::Scopes::any, ""};
    EXPECT_EQ(authorise(caller({"orders.read"}, {}), both), Access::insufficient_scope);
    EXPECT_EQ(authorise(caller({"orders.read"}, {}), any), Access::allowed);
    EXPECT_EQ(authorise(caller({"orders.write"}, {}), any), Access::insufficient_scope);
    EXPECT_EQ(authorise(caller({"audit.read", "orders.read"}, {}), both), Access::allowed);
}

TEST(Policy, SaysWhichScopeIsMissingInTheChallenge) {
    const auto response = deny(Access::insufficient_scope, "orders.write", "/v1/orders", {});
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.headers.get("WWW-Authenticate"),
              R"(Bearer error="insufficient_scope", scope="orders.write")");
    EXPECT_NE(response.body.bytes().find("/problems/insufficient-scope"), std::string::npos);
}

TEST(Policy, GivesNoChallengeWhenTheRoleIsMissing) {
    const auto response = deny(Access::forbidden, "audit.read", "/v1/audit", {});
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.headers.get("WWW-Authenticate"), std::nullopt);
    EXPECT_NE(response.body.bytes().find("/problems/forbidden"), std::string::npos);
}

TEST(Refusal, IsA401WithAChallengeExceptWhenTheKeysAreMissing) {
    for (std::size_t i = 0; i < refusal_count; ++i) {
        const auto refusal = static_cast<Refusal>(i);
        const auto response = refuse(refusal, "/v1/orders", {});
        const auto told = response.headers.get("WWW-Authenticate");
        if (refusal == Refusal::keys_unavailable) {
            EXPECT_EQ(response.status, 503);
            EXPECT_TRUE(response.headers.get("Retry-After"));
            EXPECT_FALSE(told);
            continue;
        }
        EXPECT_EQ(response.status, 401) << name(refusal);
        ASSERT_TRUE(told) << name(refusal);
        EXPECT_TRUE(told->starts_with("Bearer error=\"invalid_")) << *told;
    }
}

}  // namespace
}  // namespace waybill::auth
