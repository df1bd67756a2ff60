#include "chassis/auth/remote_keys.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>

#include "chassis/auth/auth_testing.hpp"
#include "chassis/runtime/async.hpp"
#include "chassis/runtime/virtual_env.hpp"

namespace waybill::auth {
namespace {

using namespace testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string issuer = "https://id.example/realms/waybill";
const std::string discovery_url = issuer + "/.well-known/openid-configuration";
const std::string jwks_url = "https://id.example/keys";

/// An OpenID provider that answers 10 ms later, or not at all.
class Provider final : public DocumentFetcher {
 public:
    explicit Provider(Env& env) : env_(env) {
        pages[discovery_url] = {
            200, fmt::format(R"({{"issuer":"{}","jwks_uri":"{}"}})", issuer, jwks_url)};
        publish(key_set_json(issuer_key().public_jwk()));
    }
    void publish(std::string jwks) { pages[jwks_url] = {200, std::move(jwks)}; }

    Task<Result<Document>> get(std::string url, std::size_t, Deadline) override {
        ++running;
        running_max = std::max(running_max, running);
        ++asked[url];
        co_await sleep_until(env_, env_.monotonic() + milliseconds(10));
        --running;
        const auto page = pages.find(url);
        if (!up || page == pages.end()) co_return fail(Problem::unavailable, "Nobody answers.");
        co_return page->second;
    }
    std::map<std::string, Document> pages;
    std::map<std::string, int> asked;
    bool up = true;
    int running = 0;
    int running_max = 0;

 private:
    Env& env_;
};

Task<void> ask(KeySource& keys, std::string kid, Deadline deadline, std::optional<bool>& answer) {
    answer = co_await keys.refresh_for(std::move(kid), deadline);
}
Task<void> drain(RemoteKeySource& keys, bool& drained) {
    co_await keys.drain();
    drained = true;
}

class RemoteKeysTest : public ::testing::Test {
 protected:
    RemoteKeysTest() {
        keys_ = std::move(
            *RemoteKeySource::create({.issuer = issuer}, *env_, provider_, telemetry::nowhere()));
    }
    ~RemoteKeysTest() override {
        bool drained = false;
        boost::asio::co_spawn(env_->loop(0).executor(), drain(*keys_, drained),
                              boost::asio::detached);
        env_->run_for(seconds(10));
        EXPECT_TRUE(drained);
    }
    void begin(milliseconds for_ms = milliseconds(100)) {
        keys_->start();
        env_->run_for(for_ms);
    }
    void ask_for(std::string kid, std::optional<bool>& answer) {
        boost::asio::co_spawn(
            env_->loop(0).executor(),
            ask(*keys_, std::move(kid), Deadline::after(env_->monotonic(), seconds(5)), answer),
            boost::asio::detached);
    }
    std::optional<bool> ask_for(std::string kid) {
        std::optional<bool> answer;
        ask_for(std::move(kid), answer);
        env_->run_for(seconds(6));
        return answer;
    }
    int fetches() { return provider_.asked[jwks_url]; }

    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, test_now);
    Provider provider_{*env_};
    std::unique_ptr<RemoteKeySource> keys_;
};

TEST(RemoteKeys, FetchesOnlyOverTlsOrFromLoopback) {
    for (const char* url :
         {"", "id.example", "ftp://127.0.0.1/", "http://id.example/", "http://127.0.0.1.example/",
          "http://localhost.example/", "http://127.0.0.1@evil.example/", "https://a@evil.example/",
          "http://[::2]/", "https:///", "https://id.example/#x", "https://id.example/ x",
          "http://localhost\\@evil.example/"})
        EXPECT_FALSE(fetchable(url)) << url;
    for (const char* url : {"https://id.example/realms/waybill", "http://127.0.0.1:8080/",
                            "http://localhost:1/x", "http://[::1]:8080/realms/waybill"})
        EXPECT_TRUE(fetchable(url)) << url;
}

TEST(RemoteKeys, RefusesAnIssuerThatCannotBeAskedSafely) {
    auto env = VirtualEnv::create(1, test_now);
    Provider provider(*env);
    EXPECT_FALSE(RemoteKeySource::create({.issuer = "http://id.example/realms/w"}, *env, provider,
                                         telemetry::nowhere()));
    EXPECT_FALSE(
        RemoteKeySource::create({.issuer = issuer + "/"}, *env, provider, telemetry::nowhere()));
}

TEST_F(RemoteKeysTest, HasNoKeysWhileTheProviderWasNeverThereAndGetsThemWhenItComes) {
    provider_.up = false;
    begin();
    EXPECT_EQ(keys_->current(), nullptr);
    EXPECT_EQ(keys_->version(), 0U);
    EXPECT_EQ(ask_for("any"), false);
    provider_.up = true;
    env_->run_for(seconds(31));
    ASSERT_NE(keys_->current(), nullptr);
    EXPECT_EQ(keys_->version(), 1U);
}

TEST_F(RemoteKeysTest, RefusesADiscoveryOfAnotherIssuerAndAnUnsafeKeyAddress) {
    provider_.pages[discovery_url].body =
        fmt::format(R"({{"issuer":"https://evil.example","jwks_uri":"{}"}})", jwks_url);
    begin();
    EXPECT_EQ(keys_->current(), nullptr);
    provider_.pages[discovery_url].body =
        fmt::format(R"({{"issuer":"{}","jwks_uri":"http://id.example/keys"}})", issuer);
    env_->run_for(seconds(60));
    EXPECT_EQ(keys_->current(), nullptr);
    EXPECT_EQ(fetches(), 0);
}

TEST_F(RemoteKeysTest, TakesNoRedirectAndNoBrokenSet) {
    provider_.pages[jwks_url].status = 302;
    begin();
    EXPECT_EQ(keys_->current(), nullptr);
    provider_.publish("{}");
    env_->run_for(seconds(60));
    EXPECT_EQ(keys_->current(), nullptr);
}

TEST_F(RemoteKeysTest, RefreshesInTheBackgroundAndKeepsTheVersionWhileKeysAreTheSame) {
    begin();
    EXPECT_EQ(keys_->version(), 1U);
    env_->run_for(seconds(400));
    EXPECT_EQ(fetches(), 2);
    EXPECT_EQ(keys_->version(), 1U);
    provider_.publish(key_set_json(foreign_key().public_jwk()));
    env_->run_for(seconds(400));
    EXPECT_EQ(keys_->version(), 2U);
    EXPECT_FALSE(keys_->current()->has(issuer_key().kid()));
}

TEST_F(RemoteKeysTest, KeepsItsKeysWhileTheProviderIsDown) {
    begin();
    provider_.up = false;
    env_->run_for(std::chrono::hours(2));
    ASSERT_NE(keys_->current(), nullptr);
    EXPECT_TRUE(keys_->current()->has(issuer_key().kid()));
    EXPECT_EQ(ask_for("another"), false);
}

TEST_F(RemoteKeysTest, SharesOneFetchAmongAllThatMissAKeyTogether) {
    begin();
    env_->run_for(seconds(2));
    provider_.publish(key_set_json(foreign_key().public_jwk()));
    std::vector<std::optional<bool>> answers(100);
    for (auto& answer : answers) ask_for(foreign_key().kid(), answer);
    env_->run_for(milliseconds(100));
    for (const auto& answer : answers) EXPECT_EQ(answer, true);
    EXPECT_EQ(fetches(), 2);
    EXPECT_EQ(provider_.running_max, 1);
    EXPECT_TRUE(keys_->current()->has(foreign_key().kid()));
}

TEST_F(RemoteKeysTest, DoesNotAskAgainForAKeyThatWasNotThereLately) {
    begin();
    EXPECT_EQ(ask_for("absent"), true);
    EXPECT_EQ(fetches(), 2);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask_for("absent"), true);
    EXPECT_EQ(fetches(), 2);
    env_->run_for(seconds(30));
    EXPECT_EQ(ask_for("absent"), true);
    EXPECT_EQ(fetches(), 3);
}

TEST_F(RemoteKeysTest, FetchesAtMostOnceASecondHoweverManyKeysAreUnknown) {
    begin(milliseconds(1500));
    std::vector<std::optional<bool>> answers(1000);
    for (int i = 0; i < 1000; ++i) {
        ask_for(fmt::format("k{}", i), answers[static_cast<std::size_t>(i)]);
        env_->run_for(milliseconds(10));
    }
    EXPECT_LE(fetches(), 13);
    EXPECT_EQ(provider_.running_max, 1);
    env_->run_for(seconds(6));  // the last askers end before their answers go
}

TEST_F(RemoteKeysTest, LooksAgainForWhoAskedWhileAnOlderSetWasOnItsWay) {
    begin(milliseconds(0));  // the first fetch is under way
    env_->run_for(milliseconds(15));
    std::optional<bool> answer;
    ask_for(foreign_key().kid(), answer);
    env_->run_for(milliseconds(20));
    EXPECT_EQ(answer, std::nullopt);
    provider_.publish(key_set_json(foreign_key().public_jwk()));
    env_->run_for(seconds(2));
    EXPECT_EQ(answer, true);
    EXPECT_TRUE(keys_->current()->has(foreign_key().kid()));
}

TEST_F(RemoteKeysTest, GivesUpWaitingAtTheCallersDeadline) {
    provider_.up = false;
    std::optional<bool> answer;
    ask_for("any", answer);  // nothing was started: nobody will answer
    env_->run_for(seconds(4));
    EXPECT_EQ(answer, std::nullopt);
    env_->run_for(seconds(2));
    EXPECT_EQ(answer, false);
}

}  // namespace
}  // namespace waybill::auth
