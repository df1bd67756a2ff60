#include "chassis/auth/jwt.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "chassis/auth/auth_testing.hpp"
#include "chassis/auth/authenticator.hpp"
#include "chassis/auth/base64url.hpp"

namespace waybill::auth {
namespace {

using namespace testing;

Verification<VerifiedToken> verify(const Credentials& credentials) {
    http::Headers headers;
    for (const auto& value : credentials.authorization) headers.add("authorization", value);
    const auto token = bearer_token(headers, credentials.query);
    if (!token) return tl::unexpected<Refusal>(token.error());
    return verify_token(*token, *key_set(issuer_key()), test_rules(), test_now);
}
Verification<VerifiedToken> verify_text(std::string_view token, TokenRules rules = test_rules(),
                                        Timestamp now = test_now) {
    return verify_token(token, *key_set(issuer_key()), rules, now);
}
std::string outcome_of(const Verification<VerifiedToken>& verified) {
    return verified ? "accepted" : std::string(name(verified.error()));
}

TEST(Jwt, RefusesEveryDefectAndSaysWhich) {
    ASSERT_GE(token_defects().size(), 26U);
    for (const TokenDefect& defect : token_defects())
        EXPECT_EQ(outcome_of(verify(defect.make(forge()))), name(defect.expected)) << defect.name;
}

TEST(Jwt, NamesEveryDefectOnce) {
    std::set<std::string_view> names;
    for (const TokenDefect& defect : token_defects()) names.insert(defect.name);
    EXPECT_EQ(names.size(), token_defects().size());
}

TEST(Jwt, ReadsWhoTheTokenSpeaksOf) {
    const auto verified = verify(sound(forge()));
    ASSERT_TRUE(verified) << outcome_of(verified);
    const auto& who = verified->principal;
    EXPECT_EQ(who.subject, forge().subject);
    EXPECT_EQ(who.client, "waybill-cli");
    EXPECT_EQ(who.user_name, "customer1");
    EXPECT_EQ(who.scopes, (std::vector<std::string>{"orders.read", "orders.write"}));
    EXPECT_EQ(who.roles, std::vector<std::string>{"customer"});
    EXPECT_EQ(verified->expires_at, test_now + std::chrono::seconds(900));
    EXPECT_EQ(verified->usable_until, test_now + std::chrono::seconds(930));
}

TEST(Jwt, AcceptsAnAudienceThatIsOneStringOrAmongOthers) {
    EXPECT_TRUE(verify_text(forge().token({{"aud", R"("waybill-api")"}})));
    EXPECT_TRUE(verify_text(forge().token({{"aud", R"(["account","waybill-api"])"}})));
}

TEST(Jwt, AllowsThirtySecondsOfLeewayAndNoMore) {
    const auto at = [](std::string_view claim, std::int64_t seconds) {
        return outcome_of(verify_text(forge().token({{claim, forge().seconds_from_now(seconds)}})));
    };
    EXPECT_EQ(at("exp", -30), "expired");
    EXPECT_EQ(at("exp", -29), "accepted");
    EXPECT_EQ(at("nbf", 31), "not_yet_valid");
    EXPECT_EQ(at("nbf", 30), "accepted");
    EXPECT_EQ(at("iat", 31), "issued_in_future");
    EXPECT_EQ(at("iat", 30), "accepted");
}

TEST(Jwt, ReadsTimesWithAFraction) {
    const auto verified =
        verify_text(forge().token({{"exp", forge().seconds_from_now(5) + ".25"}}));
    ASSERT_TRUE(verified) << outcome_of(verified);
    EXPECT_EQ(verified->expires_at, test_now + std::chrono::milliseconds(5250));
}

TEST(Jwt, RefusesAScopeWithForeignLettersAndKeepsTheOthersExact) {
    EXPECT_EQ(outcome_of(verify_text(forge().token({{"scope", R"("orders.read\tadmin")"}}))),
              "claim");
    const auto verified = verify_text(forge().token({{"scope", R"("orders.readx orders.rea")"}}));
    ASSERT_TRUE(verified);
    EXPECT_FALSE(verified->principal.has_scope("orders.read"));
}

TEST(Jwt, FindsRolesAtTheConfiguredPath) {
    TokenRules rules = test_rules();
    rules.role_path = "groups";
    const auto verified = verify_text(forge().token({{"groups", R"(["admin"])"}}), rules);
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->principal.roles, std::vector<std::string>{"admin"});
}

TEST(Jwt, TakesTheClientFromClientIdWhenThereIsNoAzp) {
    const auto verified =
        verify_text(forge().token({{"azp", ""}, {"client_id", R"("waybill-service")"}}));
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->principal.client, "waybill-service");
}

TEST(Jwt, DemandsTheConfiguredTypeAlone) {
    TokenRules rules = test_rules();
    rules.type = "at+jwt";
    const auto typed = [&](std::string_view type) {
        const auto header =
            fmt::format(R"({{"alg":"RS256","kid":"{}","typ":"{}"}})", issuer_key().kid(), type);
        return outcome_of(verify_text(sign_token(issuer_key(), header, forge().claims()), rules));
    };
    EXPECT_EQ(typed("JWT"), "type");
    EXPECT_EQ(typed("application/at+jwtx"), "type");
    EXPECT_EQ(typed("at+JWT"), "accepted");
    EXPECT_EQ(typed("application/at+jwt"), "accepted");
}

TEST(Jwt, VerifiesEveryAlgorithmThatIsConfigured) {
    for (const auto algorithm :
         {Algorithm::rs256, Algorithm::ps256, Algorithm::es256, Algorithm::eddsa}) {
        const auto key = SigningKey::generate(algorithm);
        ASSERT_TRUE(key);
        TokenRules rules = test_rules();
        const std::string token = sign_token(*key, forge().claims());
        rules.algorithms = {};
        EXPECT_EQ(outcome_of(verify_token(token, *key_set(*key), rules, test_now)), "algorithm");
        rules.algorithms = {algorithm};
        EXPECT_EQ(outcome_of(verify_token(token, *key_set(*key), rules, test_now)), "accepted");
    }
}

RC_GTEST_PROP(Jwt, NeverAcceptsATokenThatDiffersInOneLetter, ()) {
    static const std::string token = forge().token();
    static const auto keys = key_set(issuer_key());
    std::string changed = token;
    const auto at = *rc::gen::inRange<std::size_t>(0, changed.size());
    const auto letter = static_cast<char>(*rc::gen::inRange(0x20, 0x7f));
    RC_PRE(changed[at] != letter);
    changed[at] = letter;
    RC_ASSERT(!verify_token(changed, *keys, test_rules(), test_now));
}

RC_GTEST_PROP(Jwt, NeverAcceptsWhatTheIssuerDidNotSign, (const std::string& claims)) {
    RC_ASSERT(!verify_token(sign_token(issuer_key(), claims), *key_set(foreign_key()), test_rules(),
                            test_now));
}

}  // namespace
}  // namespace waybill::auth
