#include "chassis/resilience/breaker.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>

namespace waybill::resilience {
namespace {

using Outcome = Breaker::Outcome;
using State = Breaker::State;
using std::chrono::milliseconds;
using std::chrono::seconds;

class BreakerTest : public testing::Test {
 protected:
    std::optional<State> call(Outcome outcome) {
        const auto admission = breaker_.admit(now_);
        if (!admission.permit) return {};
        return breaker_.record(*admission.permit, outcome, now_, 0);
    }
    void open_it() {
        for (int i = 0; i < 5; ++i) call(Outcome::connect_failure);
        ASSERT_EQ(breaker_.state(), State::open);
    }
    /// The shortest pause that the jitter (0) allows.
    void wait_for_probes() { now_ = now_ + milliseconds(4000); }

    Breaker breaker_{Breaker::Options{}};
    MonoTime now_{1'000'000'000};
};

TEST_F(BreakerTest, RefusesWhileOpenAndSaysWhenToComeBack) {
    open_it();
    const auto refused = breaker_.admit(now_);
    EXPECT_FALSE(refused.permit);
    EXPECT_EQ(refused.retry_after, Duration(milliseconds(4000)));
}

TEST_F(BreakerTest, OpensAtHalfOfTwentyCallsAndNotBefore) {
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(call(Outcome::success));
    for (int i = 0; i < 9; ++i) EXPECT_FALSE(call(Outcome::failure));
    EXPECT_EQ(call(Outcome::failure), State::open);
}

TEST_F(BreakerTest, StaysClosedBelowTwentyCalls) {
    for (int i = 0; i < 19; ++i) EXPECT_FALSE(call(Outcome::failure));
    EXPECT_EQ(breaker_.state(), State::closed);
}

TEST_F(BreakerTest, ForgetsFailuresThatAreOlderThanItsWindow) {
    for (int i = 0; i < 19; ++i) call(Outcome::failure);
    now_ = now_ + seconds(10);
    EXPECT_FALSE(call(Outcome::failure));
    EXPECT_EQ(breaker_.state(), State::closed);
}

TEST_F(BreakerTest, OpensAfterFiveConnectFailuresInARow) {
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(call(Outcome::connect_failure));
    call(Outcome::success);
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(call(Outcome::connect_failure));
    EXPECT_EQ(call(Outcome::connect_failure), State::open);
}

TEST_F(BreakerTest, CountsNothingOfWhatIsIgnored) {
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(call(Outcome::ignored));
    for (int i = 0; i < 19; ++i) EXPECT_FALSE(call(Outcome::failure));
    EXPECT_EQ(breaker_.state(), State::closed);
}

TEST_F(BreakerTest, LetsThreeProbesThroughAndClosesWhenAllSucceed) {
    open_it();
    wait_for_probes();
    const auto first = breaker_.admit(now_);
    EXPECT_EQ(first.became, State::half_open);
    const auto second = breaker_.admit(now_);
    const auto third = breaker_.admit(now_);
    EXPECT_FALSE(breaker_.admit(now_).permit);
    EXPECT_FALSE(breaker_.record(*first.permit, Outcome::success, now_, 0));
    EXPECT_FALSE(breaker_.record(*second.permit, Outcome::success, now_, 0));
    EXPECT_EQ(breaker_.record(*third.permit, Outcome::success, now_, 0), State::closed);
}

TEST_F(BreakerTest, OpensAgainWithTheFirstProbeThatFails) {
    open_it();
    wait_for_probes();
    const auto first = breaker_.admit(now_);
    const auto second = breaker_.admit(now_);
    EXPECT_EQ(breaker_.record(*first.permit, Outcome::failure, now_, 0), State::open);
    EXPECT_FALSE(breaker_.record(*second.permit, Outcome::success, now_, 0));
    EXPECT_EQ(breaker_.state(), State::open);
}

TEST_F(BreakerTest, GivesAnIgnoredProbesPlaceToAnother) {
    open_it();
    wait_for_probes();
    for (int i = 0; i < 3; ++i) call(Outcome::ignored);
    EXPECT_TRUE(breaker_.admit(now_).permit);
}

TEST_F(BreakerTest, StaysOpenFiveSecondsAFifthEitherWay) {
    for (const std::uint64_t random : {std::uint64_t{0}, std::uint64_t{2'000'000}}) {
        Breaker breaker{Breaker::Options{}};
        for (int i = 0; i < 5; ++i)
            breaker.record(*breaker.admit(now_).permit, Outcome::connect_failure, now_, random);
        EXPECT_EQ(breaker.admit(now_).retry_after, Duration(random == 0 ? seconds(4) : seconds(6)));
    }
}

/// Random calls in random order of ending: only legal moves, never more probes than allowed.
RC_GTEST_PROP(Breaker, MovesOnlyAlongItsStateMachine, ()) {
    Breaker breaker{Breaker::Options{}};
    MonoTime now{0};
    State state = State::closed;
    std::deque<Breaker::Permit> running;
    const auto moved = [&](std::optional<State> next) {
        if (!next) return;
        const bool legal = (state == State::closed && *next == State::open) ||
                           (state == State::open && *next == State::half_open) ||
                           (state == State::half_open && *next != State::half_open);
        RC_ASSERT(legal);
        state = *next;
    };
    const int steps = *rc::gen::inRange(1, 400);
    for (int i = 0; i < steps; ++i) {
        now = now + Duration(*rc::gen::inRange(0, 500'000));
        if (running.empty() || *rc::gen::arbitrary<bool>()) {
            const auto admission = breaker.admit(now);
            moved(admission.became);
            if (state == State::open) RC_ASSERT(!admission.permit);
            if (!admission.permit) RC_ASSERT(admission.retry_after > Duration::zero());
            if (admission.permit) running.push_back(*admission.permit);
        } else {
            const auto outcome = *rc::gen::element(Outcome::success, Outcome::failure,
                                                   Outcome::connect_failure, Outcome::ignored);
            moved(breaker.record(running.front(), outcome, now,
                                 *rc::gen::arbitrary<std::uint64_t>()));
            running.pop_front();
        }
        RC_ASSERT(breaker.state() == state);
    }
}

}  // namespace
}  // namespace waybill::resilience
