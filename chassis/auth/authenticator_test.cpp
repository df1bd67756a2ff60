#include "chassis/auth/authenticator.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "chassis/auth/auth_testing.hpp"
#include "chassis/runtime/virtual_env.hpp"

namespace waybill::auth {
namespace {

using namespace testing;

/// A source whose issuer has more keys than it has told so far.
class SlowKeys final : public KeySource {
 public:
    std::shared_ptr<const KeySet> current() const override { return slot_.get(); }
    std::uint64_t version() const override { return slot_.version(); }
    Task<bool> refresh_for(std::string kid, Deadline) override {
        asked.push_back(std::move(kid));
        if (next) slot_.set(next);
        co_return next != nullptr;
    }
    void tell(std::shared_ptr<const KeySet> keys) { slot_.set(std::move(keys)); }
    std::vector<std::string> asked;
    std::shared_ptr<const KeySet> next;  ///< nullptr: the issuer does not answer

 private:
    KeySlot slot_;
};

http::Request request_with(const Credentials& credentials) {
    http::Request request;
    for (const auto& value : credentials.authorization) request.headers.add("Authorization", value);
    request.query = credentials.query;
    return request;
}

Task<void> ask(Authenticator& authenticator, const http::Request& request, Deadline deadline,
               std::optional<Authenticator::Outcome>& outcome) {
    outcome = co_await authenticator.authenticate(request, deadline);
}

class AuthenticatorTest : public ::testing::Test {
 protected:
    AuthenticatorTest() : authenticator_(*env_, telemetry::nowhere(), {{test_rules(), keys_}}) {}

    Authenticator::Outcome authenticate(const http::Request& request) {
        std::optional<Authenticator::Outcome> outcome;
        boost::asio::co_spawn(
            env_->loop(0).executor(),
            ask(authenticator_, request,
                Deadline::after(env_->monotonic(), std::chrono::seconds(5)), outcome),
            boost::asio::detached);
        env_->run_for(std::chrono::seconds(6));
        return outcome.value();
    }
    std::string result(const Credentials& credentials) {
        const auto outcome = authenticate(request_with(credentials));
        return outcome ? (*outcome)->principal.subject : std::string(name(outcome.error()));
    }

    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, test_now);
    SlowKeys keys_;
    Authenticator authenticator_;
};

TEST_F(AuthenticatorTest, RefusesEveryDefectThroughTheWholeWay) {
    keys_.tell(key_set(issuer_key()));
    keys_.next = key_set(issuer_key());
    for (const TokenDefect& defect : token_defects()) {
        Forge now = forge();
        now.now = env_->now();
        EXPECT_EQ(result(defect.make(now)), name(defect.expected)) << defect.name;
    }
}

TEST_F(AuthenticatorTest, FailsClosedAsUnavailableUntilItHasKeys) {
    EXPECT_FALSE(authenticator_.ready());
    EXPECT_EQ(result(sound(forge())), "keys_unavailable");
    keys_.next = key_set(issuer_key());
    EXPECT_EQ(result(sound(forge())), forge().subject);
    EXPECT_TRUE(authenticator_.ready());
}

TEST_F(AuthenticatorTest, AnswersAtOnceWhenTheKeyIsKnown) {
    keys_.tell(key_set(issuer_key()));
    const auto request = request_with(sound(forge()));
    const auto first = authenticator_.try_authenticate(request);
    ASSERT_TRUE(first && *first);
    const auto second = authenticator_.try_authenticate(request);
    ASSERT_TRUE(second && *second);
    EXPECT_EQ(first->value(), second->value());  // the very same object: it was remembered
    EXPECT_TRUE(keys_.asked.empty());
}

TEST_F(AuthenticatorTest, ChecksTheExpiryOfAKnownTokenAgain) {
    keys_.tell(key_set(issuer_key()));
    const auto request = request_with(sound(forge()));
    ASSERT_TRUE(authenticator_.try_authenticate(request).value());
    env_->run_for(std::chrono::seconds(929));
    EXPECT_TRUE(authenticator_.try_authenticate(request).value());
    env_->run_for(std::chrono::seconds(1));
    EXPECT_EQ(authenticator_.try_authenticate(request).value().error(), Refusal::expired);
}

TEST_F(AuthenticatorTest, ForgetsTokensOfAKeyThatDisappeared) {
    keys_.tell(*KeySet::parse(key_set_json(issuer_key().public_jwk(), foreign_key().public_jwk())));
    const auto request = request_with(sound(forge()));
    ASSERT_TRUE(authenticator_.try_authenticate(request).value());
    keys_.tell(key_set(foreign_key()));
    keys_.next = key_set(foreign_key());
    const auto outcome = authenticate(request);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error(), Refusal::unknown_key);
}

TEST_F(AuthenticatorTest, AsksForAnUnknownKeyAndAcceptsItsToken) {
    keys_.tell(key_set(issuer_key()));
    keys_.next = key_set(foreign_key());
    Forge rotated{foreign_key(), issuer_key(), test_issuer, test_now};
    EXPECT_FALSE(authenticator_.try_authenticate(request_with(sound(rotated))));
    EXPECT_EQ(result(sound(rotated)), rotated.subject);
    EXPECT_EQ(keys_.asked, std::vector<std::string>{foreign_key().kid()});
}

TEST_F(AuthenticatorTest, SaysUnavailableWhenAnUnknownKeyCannotBeAskedFor) {
    keys_.tell(key_set(issuer_key()));
    Forge rotated{foreign_key(), issuer_key(), test_issuer, test_now};
    EXPECT_EQ(result(sound(rotated)), "keys_unavailable");
}

TEST_F(AuthenticatorTest, AsksForNoKeyOfAnAlgorithmThatIsNotPinned) {
    keys_.tell(key_set(issuer_key()));
    const auto key = SigningKey::generate(Algorithm::es256);
    ASSERT_TRUE(key);
    EXPECT_EQ(result({{"Bearer " + sign_token(*key, forge().claims())}, {}}), "algorithm");
    EXPECT_TRUE(keys_.asked.empty());
}

TEST_F(AuthenticatorTest, TakesTheSchemeInAnyLetterCase) {
    keys_.tell(key_set(issuer_key()));
    EXPECT_EQ(result({{"bEaReR " + forge().token()}, {}}), forge().subject);
    EXPECT_EQ(result({{"Bearer  " + forge().token()}, "limit=5"}), forge().subject);
    EXPECT_EQ(result({{"Bearerx " + forge().token()}, {}}), "wrong_scheme");
}

TEST(Authenticator, KeepsTheRulesOfTwoIssuersApart) {
    auto env = VirtualEnv::create(1, test_now);
    LocalKeySource first, second;
    first.set(key_set(issuer_key()));
    second.set(key_set(foreign_key()));
    TokenRules other = test_rules();
    other.issuer = "https://id.example/realms/other";
    other.audiences = {"other-api"};
    Authenticator authenticator(*env, telemetry::nowhere(),
                                {{test_rules(), first}, {other, second}});
    const auto try_token = [&](const std::string& token) {
        const auto outcome =
            authenticator.try_authenticate(request_with({{"Bearer " + token}, {}}));
        if (!outcome) return std::string("asks");
        return *outcome ? std::string("accepted") : std::string(name(outcome->error()));
    };
    Forge theirs{foreign_key(), issuer_key(), other.issuer, test_now, "other-api"};
    EXPECT_EQ(try_token(theirs.token()), "accepted");
    EXPECT_EQ(try_token(theirs.token({{"aud", R"("waybill-api")"}})), "audience");
    // Signed by the other issuer's key: to this issuer that key is unknown.
    Forge mixed{foreign_key(), issuer_key(), test_issuer, test_now};
    EXPECT_EQ(try_token(mixed.token()), "asks");
}

}  // namespace
}  // namespace waybill::auth
