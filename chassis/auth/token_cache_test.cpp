#include "chassis/auth/token_cache.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "chassis/auth/auth_testing.hpp"

namespace waybill::auth {
namespace {

using namespace testing;

std::shared_ptr<const VerifiedToken> token_of(std::string subject) {
    VerifiedToken token;
    token.principal.subject = std::move(subject);
    token.expires_at = test_now;
    token.usable_until = test_now + std::chrono::seconds(30);
    return std::make_shared<const VerifiedToken>(std::move(token));
}

class TokenCacheTest : public ::testing::Test {
 protected:
    TokenCacheTest() { source_.set(key_set(issuer_key())); }
    void put(TokenCache& cache, std::string_view text) {
        cache.put(text, token_of(std::string(text)), source_, source_.version());
    }
    LocalKeySource source_;
};

TEST_F(TokenCacheTest, KnowsOnlyTheWholeToken) {
    TokenCache cache(64);
    put(cache, "aaaa.bbbb.cccc");
    EXPECT_EQ(cache.find("aaaa.bbbb.cccd", test_now), nullptr);
    EXPECT_EQ(cache.find("xaaa.bbbb.cccc", test_now), nullptr);
    EXPECT_EQ(cache.find("", test_now), nullptr);
    ASSERT_NE(cache.find("aaaa.bbbb.cccc", test_now), nullptr);
    EXPECT_EQ(cache.find("aaaa.bbbb.cccc", test_now)->principal.subject, "aaaa.bbbb.cccc");
}

TEST_F(TokenCacheTest, TellsTokensApartThatShareTheLettersItHashes) {
    TokenCache cache(64);
    const std::string tail(40, 'z');
    put(cache, "first" + tail);
    put(cache, "other" + tail);
    EXPECT_EQ(cache.find("first" + tail, test_now)->principal.subject, "first" + tail);
    EXPECT_EQ(cache.find("other" + tail, test_now)->principal.subject, "other" + tail);
    EXPECT_EQ(cache.find("third" + tail, test_now), nullptr);
}

TEST_F(TokenCacheTest, ForgetsATokenThatHasExpired) {
    TokenCache cache(64);
    put(cache, "t");
    EXPECT_NE(cache.find("t", test_now + std::chrono::seconds(29)), nullptr);
    EXPECT_EQ(cache.find("t", test_now + std::chrono::seconds(30)), nullptr);
    EXPECT_EQ(cache.size(), 0U);
}

TEST_F(TokenCacheTest, ForgetsATokenWhenTheKeysOfItsSourceChange) {
    TokenCache cache(64);
    put(cache, "t");
    source_.set(key_set(issuer_key()));
    EXPECT_NE(cache.find("t", test_now), nullptr);
    source_.set(key_set(foreign_key()));
    EXPECT_EQ(cache.find("t", test_now), nullptr);
    EXPECT_EQ(cache.size(), 0U);
}

TEST_F(TokenCacheTest, StaysWithinItsSizeAndKeepsWhatIsUsed) {
    TokenCache cache(64);
    put(cache, "kept");
    for (int i = 0; i < 10'000; ++i) {
        put(cache, fmt::format("{}", i));
        EXPECT_NE(cache.find("kept", test_now), nullptr) << i;
    }
    EXPECT_LE(cache.size(), 64U);
}

TEST_F(TokenCacheTest, KeepsNothingWhenItMayNot) {
    TokenCache cache(0);
    put(cache, "t");
    EXPECT_EQ(cache.find("t", test_now), nullptr);
}

}  // namespace
}  // namespace waybill::auth
