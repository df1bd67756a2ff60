#include <gtest/gtest.h>

#include "chassis/auth/jwks.hpp"
#include "chassis/base/json.hpp"
#include "services/identity/identity_testing.hpp"

namespace waybill::identity {
namespace {

using namespace testing;

class SessionEndpointsTest : public testing::IdentityTest {
 protected:
    Reply introspect(const std::string& token) {
        return issuer_->post(protocol + "token/introspect",
                             {{"client_id", "waybill-service"},
                              {"client_secret", issuer_->service_secret},
                              {"token", token}});
    }
    bool active(const std::string& token) {
        const auto document = json::parse(introspect(token).body());
        return document && document->find("active")->boolean();
    }
};

TEST_F(SessionEndpointsTest, DescribesItselfWithTheAddressesThatItServes) {
    const auto reply = issuer_->get(realm + "/.well-known/openid-configuration");
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply["issuer"], "http://127.0.0.1:8080/realms/waybill");
    EXPECT_EQ(reply["jwks_uri"], "http://127.0.0.1:8080" + protocol + "certs");
    for (const char* name :
         {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "introspection_endpoint",
          "revocation_endpoint", "end_session_endpoint"}) {
        const std::string url = reply[name];
        ASSERT_TRUE(url.starts_with("http://127.0.0.1:8080/")) << name;
        http::Request request;
        request.method = "PUT";
        request.path = url.substr(std::string("http://127.0.0.1:8080").size());
        EXPECT_EQ(issuer_->send(std::move(request)).status(), 405) << name;  // it is there
    }
}

TEST_F(SessionEndpointsTest, PublishesOnlyThePublicHalfOfItsKey) {
    const auto reply = issuer_->get(protocol + "certs");
    EXPECT_EQ(reply.body().find("\"d\""), std::string::npos);
    const auto keys = auth::KeySet::parse(reply.body());
    ASSERT_TRUE(keys);
    EXPECT_EQ((*keys)->size(), 1U);
}

TEST_F(SessionEndpointsTest, TellsWhoATokenSpeaksOfToItsBearerAlone) {
    EXPECT_EQ(issuer_->get(protocol + "userinfo").status(), 401);
    EXPECT_EQ(issuer_->get(protocol + "userinfo", {}, {{"Authorization", "Bearer x.y.z"}}).status(),
              401);
    const auto tokens = issuer_->password("customer1");
    const auto reply = issuer_->get(protocol + "userinfo", {},
                                    {{"Authorization", "Bearer " + tokens["access_token"]}});
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply["preferred_username"], "customer1");
    EXPECT_EQ(reply["sub"], issuer_->caller(tokens["access_token"]).subject);
}

TEST_F(SessionEndpointsTest, IntrospectsOnlyForAClientWithASecret) {
    const auto tokens = issuer_->password("customer1");
    EXPECT_EQ(
        issuer_->post(protocol + "token/introspect", {{"token", tokens["access_token"]}}).status(),
        401);
    EXPECT_EQ(issuer_
                  ->post(protocol + "token/introspect",
                         {{"client_id", "waybill-cli"}, {"token", tokens["access_token"]}})
                  .status(),
              401);
    const auto reply = introspect(tokens["access_token"]);
    EXPECT_TRUE(active(tokens["access_token"]));
    EXPECT_EQ(reply["username"], "customer1");
    EXPECT_EQ(reply["client_id"], "waybill-cli");
}

TEST_F(SessionEndpointsTest, CallsATokenInactiveThatExpiredOrIsNotItsOwn) {
    const auto tokens = issuer_->password("customer1");
    EXPECT_FALSE(active("nonsense"));
    EXPECT_FALSE(active(tokens["access_token"] + "x"));
    env_->run_for(std::chrono::minutes(15) + std::chrono::seconds(30));
    EXPECT_FALSE(active(tokens["access_token"]));
    EXPECT_TRUE(active(tokens["refresh_token"]));
}

TEST_F(SessionEndpointsTest, EndsRefreshAtLogoutWhileTheAccessTokenLivesOn) {
    const auto tokens = issuer_->password("customer1");
    EXPECT_EQ(issuer_
                  ->post(protocol + "logout", {{"client_id", "waybill-console"},
                                               {"refresh_token", tokens["refresh_token"]}})
                  .status(),
              400);
    const auto out =
        issuer_->post(protocol + "logout",
                      {{"client_id", "waybill-cli"}, {"refresh_token", tokens["refresh_token"]}});
    EXPECT_EQ(out.status(), 204);
    EXPECT_EQ(issuer_->refresh(tokens["refresh_token"])["error"], "invalid_grant");
    EXPECT_FALSE(active(tokens["refresh_token"]));
    EXPECT_EQ(issuer_->caller(tokens["access_token"]).user_name, "customer1");
}

TEST_F(SessionEndpointsTest, RevokesARefreshTokenAndAcceptsUnknownOnesSilently) {
    const auto tokens = issuer_->password("customer1");
    const auto revoke = [&](const std::string& token) {
        return issuer_->post(protocol + "revoke", {{"client_id", "waybill-cli"}, {"token", token}})
            .status();
    };
    EXPECT_EQ(revoke("unknown"), 200);
    EXPECT_EQ(issuer_->refresh(tokens["refresh_token"]).status(), 200);
    EXPECT_EQ(revoke(tokens["refresh_token"]), 200);
    EXPECT_EQ(issuer_->refresh(tokens["refresh_token"])["error"], "invalid_grant");
}

TEST_F(SessionEndpointsTest, SignsOutInTheBrowserByTheIdTokenEvenAfterItExpired) {
    const auto tokens = issuer_->password("customer1", "openid orders.read");
    env_->run_for(std::chrono::hours(1));
    const auto out =
        issuer_->get(protocol + "logout", {{"id_token_hint", tokens["id_token"]},
                                           {"post_logout_redirect_uri", "http://localhost:5173/"},
                                           {"state", "bye"}});
    EXPECT_EQ(out.status(), 302);
    EXPECT_EQ(out.header("Location"), "http://localhost:5173/?state=bye");
    EXPECT_EQ(issuer_->refresh(tokens["refresh_token"])["error"], "invalid_grant");
}

TEST_F(SessionEndpointsTest, EndsNoSessionForAHintThatIsNoIdTokenOfItsOwn) {
    const auto tokens = issuer_->password("customer1", "openid orders.read");
    for (const std::string& hint : {tokens["access_token"], tokens["id_token"] + "x"})
        EXPECT_EQ(issuer_->get(protocol + "logout", {{"id_token_hint", hint}}).status(), 400);
    EXPECT_EQ(
        issuer_
            ->get(protocol + "logout", {{"id_token_hint", tokens["id_token"]},
                                        {"post_logout_redirect_uri", "https://evil.example/"}})
            .status(),
        400);
    EXPECT_EQ(issuer_->refresh(tokens["refresh_token"]).status(), 200);
}

}  // namespace
}  // namespace waybill::identity
