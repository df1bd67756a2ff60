#include <gtest/gtest.h>

#include <algorithm>

#include "chassis/auth/base64url.hpp"
#include "chassis/auth/jwt.hpp"
#include "chassis/base/json.hpp"
#include "services/identity/identity_testing.hpp"

namespace waybill::identity {
namespace {

using namespace testing;
using TokenEndpointTest = testing::IdentityTest;

std::string base64(std::string_view text) {
    std::string out = auth::encode_base64url(text);
    for (char& c : out) c = c == '-' ? '+' : c == '_' ? '/' : c;
    return out + std::string((4 - out.size() % 4) % 4, '=');
}

TEST_F(TokenEndpointTest, RefusesRequestsThatAreNoGrant) {
    EXPECT_EQ(issuer_->token({{"client_id", "waybill-cli"}})["error"], "invalid_request");
    EXPECT_EQ(issuer_->token({{"client_id", "waybill-cli"}, {"grant_type", "implicit"}})["error"],
              "unsupported_grant_type");
    EXPECT_EQ(issuer_->token({{"client_id", "waybill-cli"},
                              {"grant_type", "password"},
                              {"grant_type", "password"}})["error"],
              "invalid_request");
    EXPECT_EQ(issuer_->password("")["error"], "invalid_request");
}

TEST_F(TokenEndpointTest, RefusesABodyThatIsNoForm) {
    http::Request request;
    request.method = "POST";
    request.path = protocol + "token";
    request.headers.add("Content-Type", "application/json");
    request.body = http::Body(R"({"grant_type":"password"})");
    const auto reply = issuer_->send(std::move(request));
    EXPECT_EQ(reply.status(), 400);
    EXPECT_EQ(reply["error"], "invalid_request");
}

TEST_F(TokenEndpointTest, RefusesUnknownClientsAndWrongSecrets) {
    const Fields grant{{"grant_type", "client_credentials"}};
    const auto with = [&](Fields more) {
        more.insert(more.end(), grant.begin(), grant.end());
        return issuer_->token(more);
    };
    EXPECT_EQ(with({}).status(), 401);
    EXPECT_EQ(with({{"client_id", "nobody"}})["error"], "invalid_client");
    EXPECT_EQ(with({{"client_id", "waybill-service"}})["error"], "invalid_client");
    const auto wrong = with({{"client_id", "waybill-service"}, {"client_secret", "waybill"}});
    EXPECT_EQ(wrong.status(), 401);
    EXPECT_EQ(wrong["error"], "invalid_client");
    EXPECT_TRUE(wrong.header("WWW-Authenticate").starts_with("Basic "));
    EXPECT_EQ(wrong.header("Cache-Control"), "no-store");
    // A public client has no secret: one that is given anyway shows a mix-up.
    EXPECT_EQ(with({{"client_id", "waybill-cli"}, {"client_secret", "x"}})["error"],
              "invalid_client");
}

TEST_F(TokenEndpointTest, KeepsEveryClientToItsGrants) {
    const auto password_by = [&](const std::string& client) {
        return issuer_->token({{"grant_type", "password"},
                               {"client_id", client},
                               {"username", "admin"},
                               {"password", "waybill"}})["error"];
    };
    EXPECT_EQ(password_by("waybill-console"), "unauthorized_client");
    EXPECT_EQ(issuer_->token(
                  {{"grant_type", "client_credentials"}, {"client_id", "waybill-cli"}})["error"],
              "unauthorized_client");
    EXPECT_EQ(issuer_->token({{"grant_type", "password"},
                              {"client_id", "waybill-service"},
                              {"client_secret", issuer_->service_secret},
                              {"username", "admin"},
                              {"password", "waybill"}})["error"],
              "unauthorized_client");
}

TEST_F(TokenEndpointTest, RefusesAWrongPasswordAndAnUnknownUserAlike) {
    const auto wrong = issuer_->password("customer1", "", "waybil");
    const auto unknown = issuer_->password("nobody", "", "waybill");
    EXPECT_EQ(wrong.status(), 400);
    EXPECT_EQ(wrong["error"], "invalid_grant");
    EXPECT_EQ(wrong.body(), unknown.body());
}

TEST_F(TokenEndpointTest, SaysThatTheDiskIsFullAndGoesOnWhenItIsNot) {
    issuer_->faults = {{1, sql::FailureKind::disk_full, false}};
    const auto full = issuer_->password("customer1");
    EXPECT_EQ(full.status(), 503);
    EXPECT_EQ(full["error"], "temporarily_unavailable");
    EXPECT_EQ(full["error_description"], "The disk is full: the database has no room left.");
    EXPECT_EQ(full.header("Retry-After"), "1");
    EXPECT_EQ(issuer_->password("customer1").status(), 200);
}

TEST_F(TokenEndpointTest, GivesEveryUserTheScopesThatItsRoleAllows) {
    const std::string customer =
        "orders.read orders.write inventory.read notifications.read notifications.write";
    const auto scope_of = [&](const std::string& user, const std::string& asked = "") {
        return issuer_->password(user, asked)["scope"];
    };
    EXPECT_EQ(scope_of("customer1"), customer);
    EXPECT_EQ(scope_of("customer2"), customer);
    EXPECT_EQ(scope_of("operator"),
              "orders.read orders.write inventory.read inventory.write notifications.read "
              "notifications.write audit.read");
    EXPECT_EQ(scope_of("admin"), scope_of("operator") + " audit.write");
    EXPECT_EQ(scope_of("customer1", "audit.read orders.read inventory.write"), "orders.read");
    EXPECT_EQ(scope_of("customer1", "audit.read"), "");
    EXPECT_EQ(scope_of("customer1", "openid orders.read"), "openid orders.read");
}

TEST_F(TokenEndpointTest, MakesAccessTokensThatVerifiersAccept) {
    const auto reply = issuer_->password("operator", "orders.read audit.read");
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply["token_type"], "Bearer");
    EXPECT_EQ(reply.header("Cache-Control"), "no-store");
    const auto who = issuer_->caller(reply["access_token"]);
    EXPECT_EQ(who.client, "waybill-cli");
    EXPECT_EQ(who.user_name, "operator");
    EXPECT_EQ(who.roles, std::vector<std::string>{"operator"});
    EXPECT_EQ(who.scopes, (std::vector<std::string>{"orders.read", "audit.read"}));
}

TEST_F(TokenEndpointTest, PutsExactlyThePromisedClaimsIntoAnAccessToken) {
    const std::string token = issuer_->password("customer1")["access_token"];
    const auto parsed = auth::parse_token(token);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->type, "JWT");
    std::vector<std::string> names;
    for (const auto& claim : parsed->claims.root().members()) names.emplace_back(claim.name);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"aud", "azp", "exp", "iat", "iss", "jti",
                                               "preferred_username", "realm_access", "scope", "sid",
                                               "sub"}));
    EXPECT_EQ(json::to_text(*parsed->claims.find("aud")), R"(["waybill-api"])");
    EXPECT_EQ(*parsed->claims.find("exp")->as_int64() - *parsed->claims.find("iat")->as_int64(),
              900);
    EXPECT_EQ(parsed->issuer, "http://127.0.0.1:8080/realms/waybill");
}

TEST_F(TokenEndpointTest, GivesTheServiceItsOwnAccountBySecretInEitherWay) {
    const auto posted = issuer_->token({{"grant_type", "client_credentials"},
                                        {"client_id", "waybill-service"},
                                        {"client_secret", issuer_->service_secret}});
    EXPECT_EQ(posted.status(), 200);
    const auto who = issuer_->caller(posted["access_token"]);
    EXPECT_EQ(who.client, "waybill-service");
    EXPECT_EQ(who.roles, std::vector<std::string>{"operator"});
    EXPECT_EQ(who.scopes.size(), 8U);
    EXPECT_EQ(posted["refresh_token"], "");
    const auto basic = issuer_->post(
        protocol + "token", {{"grant_type", "client_credentials"}, {"scope", "orders.read"}},
        {{"Authorization", "Basic " + base64("waybill-service:" + issuer_->service_secret)}});
    EXPECT_EQ(basic["scope"], "orders.read");
}

TEST_F(TokenEndpointTest, RefusesTwoWaysOfAuthenticationAtOnce) {
    const std::string basic = "Basic " + base64("waybill-service:" + issuer_->service_secret);
    const auto reply = issuer_->post(
        protocol + "token",
        {{"grant_type", "client_credentials"}, {"client_secret", issuer_->service_secret}},
        {{"Authorization", basic}});
    EXPECT_EQ(reply["error"], "invalid_request");
    EXPECT_EQ(issuer_->post(protocol + "token", {{"grant_type", "client_credentials"}},
                            {{"Authorization", basic}, {"Authorization", basic}})["error"],
              "invalid_request");
    EXPECT_EQ(issuer_->post(protocol + "token", {{"grant_type", "client_credentials"}},
                            {{"Authorization", "Basic x"}})["error"],
              "invalid_client");
}

TEST_F(TokenEndpointTest, RotatesRefreshTokensAndEndsTheFamilyWhenAnOldOneComesBack) {
    const auto first = issuer_->password("customer1");
    const auto second = issuer_->refresh(first["refresh_token"]);
    ASSERT_EQ(second.status(), 200);
    EXPECT_NE(second["refresh_token"], first["refresh_token"]);
    EXPECT_EQ(second["session_state"], first["session_state"]);
    EXPECT_EQ(second["scope"], first["scope"]);
    EXPECT_EQ(issuer_->caller(second["access_token"]).user_name, "customer1");
    const auto again = issuer_->refresh(first["refresh_token"]);
    EXPECT_EQ(again.status(), 400);
    EXPECT_EQ(again["error"], "invalid_grant");
    EXPECT_EQ(issuer_->refresh(second["refresh_token"])["error"], "invalid_grant");
}

TEST_F(TokenEndpointTest, RefusesARefreshTokenThatIsForgedOrOfAnotherClient) {
    const std::string token = issuer_->password("customer1")["refresh_token"];
    std::string forged = token;
    forged[30] = forged[30] == 'A' ? 'B' : 'A';
    EXPECT_EQ(issuer_->refresh(forged)["error"], "invalid_grant");
    EXPECT_EQ(issuer_->refresh("")["error"], "invalid_grant");
    EXPECT_EQ(issuer_->refresh(token, "", "waybill-console")["error"], "invalid_grant");
    // None of that harmed the owner.
    EXPECT_EQ(issuer_->refresh(token).status(), 200);
}

TEST_F(TokenEndpointTest, NarrowsScopesOnRefreshAndNeverWidensThem) {
    const auto first = issuer_->password("customer1", "orders.read orders.write");
    const auto narrow = issuer_->refresh(first["refresh_token"], "orders.read audit.read");
    EXPECT_EQ(narrow["scope"], "orders.read");
    EXPECT_EQ(issuer_->refresh(narrow["refresh_token"])["scope"], "orders.read orders.write");
}

TEST_F(TokenEndpointTest, LetsARefreshTokenLiveForEightHours) {
    const std::string late = issuer_->password("customer1")["refresh_token"];
    const std::string in_time = issuer_->password("customer1")["refresh_token"];
    env_->run_for(std::chrono::hours(8) - std::chrono::seconds(10));
    EXPECT_EQ(issuer_->refresh(in_time).status(), 200);
    env_->run_for(std::chrono::seconds(10));
    EXPECT_EQ(issuer_->refresh(late)["error"], "invalid_grant");
}

TEST_F(TokenEndpointTest, EndsASessionAfterADayHoweverOftenItIsRefreshed) {
    std::string token = issuer_->password("customer1")["refresh_token"];
    for (int refreshed = 0; refreshed < 3; ++refreshed) {
        env_->run_for(std::chrono::hours(7));
        const auto reply = issuer_->refresh(token);
        ASSERT_EQ(reply.status(), 200) << refreshed;
        token = reply["refresh_token"];
    }
    env_->run_for(std::chrono::hours(3));
    EXPECT_EQ(issuer_->refresh(token)["error"], "invalid_grant");
}

TEST_F(TokenEndpointTest, KeepsKeysSecretsAndSessionsOverARestart) {
    const auto before = issuer_->password("customer1");
    const std::string secret = issuer_->service_secret;
    const std::string certs = issuer_->get(protocol + "certs").body();
    restart();
    EXPECT_EQ(issuer_->service_secret, secret);
    EXPECT_EQ(issuer_->get(protocol + "certs").body(), certs);
    EXPECT_EQ(issuer_->caller(before["access_token"]).user_name, "customer1");
    EXPECT_EQ(issuer_->refresh(before["refresh_token"]).status(), 200);
    restart();
    EXPECT_EQ(issuer_->refresh(before["refresh_token"])["error"], "invalid_grant");
}

TEST_F(TokenEndpointTest, GivesAnIdTokenThatIsNoAccessToken) {
    const auto reply = issuer_->password("customer1", "openid orders.read");
    ASSERT_NE(reply["id_token"], "");
    EXPECT_EQ(issuer_->caller(reply["id_token"]).subject, "");
    EXPECT_EQ(issuer_->password("customer1", "orders.read")["id_token"], "");
}

TEST_F(TokenEndpointTest, SlowsDownGuessingByUser) {
    for (int i = 0; i < 10; ++i) {
        const auto address = fmt::format("127.0.0.{}", i + 1);
        EXPECT_EQ(issuer_
                      ->post(protocol + "token",
                             {{"grant_type", "password"},
                              {"client_id", "waybill-cli"},
                              {"username", "admin"},
                              {"password", "guess"}},
                             {}, address)
                      .status(),
                  400);
    }
    const auto refused = issuer_->post(protocol + "token",
                                       {{"grant_type", "password"},
                                        {"client_id", "waybill-cli"},
                                        {"username", "admin"},
                                        {"password", "waybill"}},
                                       {}, "127.0.0.99");
    EXPECT_EQ(refused.status(), 429);
    EXPECT_NE(refused.header("Retry-After"), "");
    EXPECT_EQ(issuer_->password("operator").status(), 200);
    env_->run_for(std::chrono::seconds(61));
    EXPECT_EQ(issuer_->password("admin").status(), 200);
}

TEST_F(TokenEndpointTest, SlowsDownGuessingByAddress) {
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(issuer_->password(fmt::format("user{}", i), "", "guess").status(), 400);
    EXPECT_EQ(issuer_->password("customer1").status(), 429);
    const auto elsewhere = issuer_->post(protocol + "token",
                                         {{"grant_type", "password"},
                                          {"client_id", "waybill-cli"},
                                          {"username", "customer1"},
                                          {"password", "waybill"}},
                                         {}, "127.0.0.2");
    EXPECT_EQ(elsewhere.status(), 200);
}

}  // namespace
}  // namespace waybill::identity
