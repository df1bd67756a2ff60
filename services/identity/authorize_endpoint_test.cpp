#include <gtest/gtest.h>

#include "chassis/auth/jwt.hpp"
#include "services/identity/identity_testing.hpp"

namespace waybill::identity {
namespace {

using namespace testing;

/// A browser on its way through the login page.
class AuthorizeEndpointTest : public testing::IdentityTest {
 protected:
    static Fields request(const Fields& changed = {}) {
        Fields all{{"response_type", "code"},
                   {"client_id", "waybill-console"},
                   {"redirect_uri", callback},
                   {"scope", "openid orders.read"},
                   {"state", "s&1"},
                   {"nonce", "n1"},
                   {"code_challenge", challenge},
                   {"code_challenge_method", "S256"}};
        for (const auto& [name, value] : changed)
            for (auto& field : all)
                if (field.first == name) field.second = value;
        return all;
    }
    Reply open(const Fields& changed = {}) {
        return issuer_->get(protocol + "auth", request(changed));
    }
    static std::string between(const std::string& text, const std::string& from,
                               const std::string& to) {
        const auto begin = text.find(from);
        if (begin == std::string::npos) return {};
        const auto end = text.find(to, begin + from.size());
        return text.substr(begin + from.size(), end - begin - from.size());
    }
    static std::string token_of(const Reply& page) {
        return between(page.body(), "name=\"token\" value=\"", "\"");
    }
    static std::string cookie_of(const Reply& page) {
        return between(page.header("Set-Cookie"), "", ";");
    }
    Reply log_in(const Reply& page, const std::string& user = "customer1",
                 const std::string& password = "waybill", Fields headers = {}) {
        headers.emplace_back("Cookie", "other=1; " + cookie_of(page));
        return issuer_->post(
            realm + "/login-actions/authenticate",
            {{"token", token_of(page)}, {"username", user}, {"password", password}}, headers);
    }
    static std::string code_of(const Reply& back) {
        return between(back.header("Location"), "?code=", "&");
    }
    Reply exchange(const std::string& code, const std::string& code_verifier = verifier,
                   const std::string& client = "waybill-console",
                   const std::string& redirect_uri = callback) {
        return issuer_->token({{"grant_type", "authorization_code"},
                               {"client_id", client},
                               {"code", code},
                               {"redirect_uri", redirect_uri},
                               {"code_verifier", code_verifier}});
    }
};

TEST_F(AuthorizeEndpointTest, NeverRedirectsToWhatIsNotRegistered) {
    for (const char* uri :
         {"https://evil.example/callback", "http://127.0.0.1:5001/callback/..",
          "http://127.0.0.1:5001/other", "http://127.0.0.1.evil.example/callback",
          "http://127.0.0.1@evil.example/callback", "http://127.0.0.1:5001/callback?x=1",
          "http://127.0.0.1:/callback", "http://127.0.0.1:999999/callback",
          "https://127.0.0.1:5001/callback", "http://127.0.0.1:80x/callback", "callback", ""}) {
        const auto reply = open({{"redirect_uri", uri}});
        EXPECT_EQ(reply.status(), 400) << uri;
        EXPECT_EQ(reply.header("Location"), "") << uri;
    }
    EXPECT_EQ(open({{"client_id", "nobody"}}).status(), 400);
    EXPECT_EQ(open({{"client_id", "waybill-service"}}).status(), 400);
}

TEST_F(AuthorizeEndpointTest, SendsOtherFaultsBackToTheApplication) {
    const auto error = [&](const Fields& changed) {
        const auto reply = open(changed);
        EXPECT_EQ(reply.status(), 302);
        const std::string location = reply.header("Location");
        EXPECT_TRUE(location.starts_with(callback + "?error=")) << location;
        EXPECT_NE(location.find("&state=s%261"), std::string::npos) << location;
        return between(location, "?error=", "&");
    };
    EXPECT_EQ(error({{"response_type", "token"}}), "unsupported_response_type");
    EXPECT_EQ(error({{"code_challenge", ""}}), "invalid_request");
    EXPECT_EQ(error({{"code_challenge", "short"}}), "invalid_request");
    EXPECT_EQ(error({{"code_challenge_method", "plain"}}), "invalid_request");
    EXPECT_EQ(error({{"code_challenge_method", ""}}), "invalid_request");
}

TEST_F(AuthorizeEndpointTest, ShowsALoginPageThatCannotBeFramedOrStored) {
    const auto page = open();
    EXPECT_EQ(page.status(), 200);
    const std::string policy = page.header("Content-Security-Policy");
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos) << policy;
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << policy;
    EXPECT_NE(policy.find("form-action 'self' http://127.0.0.1:5001;"), std::string::npos)
        << policy;
    EXPECT_EQ(page.header("X-Frame-Options"), "DENY");
    EXPECT_EQ(page.header("Cache-Control"), "no-store");
    const std::string cookie = page.header("Set-Cookie");
    EXPECT_NE(cookie.find("; HttpOnly; SameSite=Strict"), std::string::npos) << cookie;
    EXPECT_EQ(page.body().find("<script"), std::string::npos);
}

TEST_F(AuthorizeEndpointTest, RefusesALoginThatThePageDidNotMake) {
    const auto page = open();
    EXPECT_EQ(
        issuer_
            ->post(realm + "/login-actions/authenticate",
                   {{"token", token_of(page)}, {"username", "admin"}, {"password", "waybill"}})
            .status(),
        400);  // without the cookie
    const auto other = open();
    EXPECT_EQ(log_in(open(), "admin", "waybill", {{"Origin", "https://evil.example"}}).status(),
              403);
    const auto mixed =
        issuer_->post(realm + "/login-actions/authenticate",
                      {{"token", token_of(open())}, {"username", "admin"}, {"password", "waybill"}},
                      {{"Cookie", cookie_of(other)}});
    EXPECT_EQ(mixed.status(), 400);
    EXPECT_EQ(mixed.header("Location"), "");
}

TEST_F(AuthorizeEndpointTest, TakesEachLoginPageOnceAndNotAfterTenMinutes) {
    const auto page = open();
    EXPECT_EQ(log_in(page).status(), 303);
    EXPECT_EQ(log_in(page).status(), 400);
    const auto old = open();
    env_->run_for(std::chrono::minutes(10));
    EXPECT_EQ(log_in(old).status(), 400);
}

TEST_F(AuthorizeEndpointTest, ShowsThePageAgainAfterAWrongPassword) {
    const auto again = log_in(open(), "customer1", "wrong");
    EXPECT_EQ(again.status(), 400);
    EXPECT_NE(again.body().find("role=\"alert\""), std::string::npos);
    EXPECT_EQ(log_in(again).status(), 303);
}

TEST_F(AuthorizeEndpointTest, SlowsDownGuessingOnTheLoginPage) {
    auto page = open();
    for (int i = 0; i < 10; ++i) page = log_in(page, "customer1", "wrong");
    const auto refused = log_in(page);
    EXPECT_EQ(refused.status(), 429);
    EXPECT_NE(refused.header("Retry-After"), "");
}

TEST_F(AuthorizeEndpointTest, GivesTokensForACodeAndItsVerifier) {
    const auto back = log_in(open(), "customer2", "waybill", {{"Origin", "http://127.0.0.1:8080"}});
    ASSERT_EQ(back.status(), 303);
    EXPECT_NE(back.header("Location").find("&iss=http%3A%2F%2F127.0.0.1%3A8080%2Frealms%2Fwaybill"),
              std::string::npos);
    const auto tokens = exchange(code_of(back));
    ASSERT_EQ(tokens.status(), 200) << tokens.body();
    EXPECT_EQ(tokens["scope"], "openid orders.read");
    EXPECT_EQ(issuer_->caller(tokens["access_token"]).user_name, "customer2");
    EXPECT_EQ(issuer_->caller(tokens["access_token"]).client, "waybill-console");
    const std::string id_text = tokens["id_token"];
    const auto id = auth::parse_token(id_text);
    ASSERT_TRUE(id);
    EXPECT_EQ(id->claims.text_at("nonce"), "n1");
    EXPECT_EQ(id->claims.text_at("aud"), "waybill-console");
    EXPECT_EQ(issuer_->refresh(tokens["refresh_token"], "", "waybill-console").status(), 200);
}

TEST_F(AuthorizeEndpointTest, RefusesACodeWithoutItsVerifierClientOrRedirectUri) {
    const auto code = [&] { return code_of(log_in(open())); };
    EXPECT_EQ(exchange(code(), std::string(43, 'a'))["error"], "invalid_grant");
    EXPECT_EQ(exchange(code(), "")["error"], "invalid_grant");
    EXPECT_EQ(exchange(code(), challenge)["error"], "invalid_grant");
    EXPECT_EQ(exchange(code(), verifier, "waybill-cli")["error"], "invalid_grant");
    EXPECT_EQ(
        exchange(code(), verifier, "waybill-console", "http://127.0.0.1:5002/callback")["error"],
        "invalid_grant");
    EXPECT_EQ(exchange("unknown")["error"], "invalid_grant");
}

TEST_F(AuthorizeEndpointTest, BurnsACodeThatWasTriedWithAWrongVerifier) {
    const std::string code = code_of(log_in(open()));
    EXPECT_EQ(exchange(code, std::string(43, 'a'))["error"], "invalid_grant");
    EXPECT_EQ(exchange(code)["error"], "invalid_grant");
}

TEST_F(AuthorizeEndpointTest, EndsTheSessionOfACodeThatIsUsedAgain) {
    const std::string code = code_of(log_in(open()));
    const auto tokens = exchange(code);
    ASSERT_EQ(tokens.status(), 200);
    EXPECT_EQ(exchange(code)["error"], "invalid_grant");
    EXPECT_EQ(issuer_->refresh(tokens["refresh_token"], "", "waybill-console")["error"],
              "invalid_grant");
}

TEST_F(AuthorizeEndpointTest, LetsACodeLiveForSixtySeconds) {
    const std::string in_time = code_of(log_in(open()));
    env_->run_for(std::chrono::seconds(59));
    EXPECT_EQ(exchange(in_time).status(), 200);
    const std::string late = code_of(log_in(open()));
    env_->run_for(std::chrono::seconds(60));
    EXPECT_EQ(exchange(late)["error"], "invalid_grant");
}

TEST_F(AuthorizeEndpointTest, EscapesWhatItShows) {
    const auto page = log_in(open({{"state", "\"><script>alert(1)</script>"}}), "<b>", "x");
    EXPECT_EQ(page.body().find("<script>"), std::string::npos);
    EXPECT_EQ(page.body().find("<b>"), std::string::npos);
}

}  // namespace
}  // namespace waybill::identity
