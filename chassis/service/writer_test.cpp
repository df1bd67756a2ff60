#include "chassis/service/writer_testing.hpp"

namespace waybill::service::testing {
namespace {

TEST_F(WriterTest, ARejectedCommandCostsTheOthersOfItsBatchNothing) {
    auto& bad = submit(Add{id_, -1, {}});
    auto& good = submit(Add{id_, 5, {}});
    run();
    ASSERT_TRUE(bad && !*bad);
    EXPECT_EQ((*bad).error().problem, Problem::illegal_transition);
    ASSERT_TRUE(good && *good);
    EXPECT_EQ((*good)->view->value, 5);
    EXPECT_EQ(number("select count(*) from events"), 1);
}

TEST_F(WriterTest, LaterCommandsOfABatchSeeWhatEarlierOnesDid) {
    submit(Add{id_, 5, {}});
    auto& second = submit(Add{id_, 6, {}});
    run();
    ASSERT_TRUE(second && *second);
    EXPECT_EQ((*second)->view->value, 11);
    EXPECT_EQ((*second)->version, 2);
    EXPECT_EQ(number("select last_batch from writer_state"), 1) << "both in one transaction";
}

TEST_F(WriterTest, ACommandWithNothingToDoIsAnsweredAndPublishesNothing) {
    auto& reply = submit(Add{id_, 0, {}}, key("k"));
    run();
    ASSERT_TRUE(reply && *reply);
    EXPECT_TRUE(published_.empty());
    EXPECT_EQ(number("select count(*) from idempotency"), 1);
}

TEST_F(WriterTest, ARepeatedKeyOfTheSameBatchIsAnsweredAsAReplay) {
    submit(Add{id_, 5, {}}, key("k"));
    auto& again = submit(Add{id_, 5, {}}, key("k"));
    run();
    ASSERT_TRUE(again && *again);
    EXPECT_TRUE((*again)->replayed);
    EXPECT_EQ((*again)->status, 201);
    EXPECT_EQ((*again)->aggregate_id, id_);
    EXPECT_EQ(number("select value from counters"), 5);
}

TEST_F(WriterTest, AKeyIsRememberedAcrossARestart) {
    submit(Add{id_, 5, {}}, key("k"));
    run();
    stop();
    start();
    auto& again = submit(Add{id_, 5, {}}, key("k"));
    run();
    ASSERT_TRUE(again && *again);
    EXPECT_TRUE((*again)->replayed);
    EXPECT_EQ(number("select value from counters"), 5);
}

TEST_F(WriterTest, AKeyUsedForAnotherRequestIsRefused) {
    submit(Add{id_, 5, {}}, key("k"));
    run();
    auto& other = submit(Add{id_, 7, {}}, key("k", "other"));
    run();
    ASSERT_TRUE(other && !*other);
    EXPECT_EQ((*other).error().problem, Problem::idempotency_key_reused);
    EXPECT_EQ(number("select value from counters"), 5);
}

TEST_F(WriterTest, ARejectionLeavesTheKeyFree) {
    submit(Add{id_, -1, {}}, key("k"));
    run();
    auto& again = submit(Add{id_, 5, {}}, key("k", "other"));
    run();
    ASSERT_TRUE(again && *again);
    EXPECT_FALSE((*again)->replayed);
}

TEST_F(WriterTest, AMessageTakesEffectOnceHoweverOftenItComes) {
    const auto m = message(id_, 1, R"({"id":"0190b6f0-0000-7000-8000-000000000001","amount":5})");
    EXPECT_EQ(take(m), Completion::Kind::done);
    EXPECT_EQ(take(m), Completion::Kind::replayed);
    EXPECT_EQ(number("select value from counters"), 5);
    EXPECT_EQ(number("select count(*) from inbox"), 1);
}

TEST_F(WriterTest, TheSameMessageIdWithAnotherBodyIsQuarantined) {
    take(message(id_, 1, R"({"id":"0190b6f0-0000-7000-8000-000000000001","amount":5})"));
    take(message(id_, 1, R"({"id":"0190b6f0-0000-7000-8000-000000000001","amount":6})"));
    EXPECT_EQ(number("select value from counters"), 5);
    EXPECT_EQ(text("select reason from deliveries where state = 'dead'"), "same_id_other_body");
}

TEST_F(WriterTest, AnUnreadableMessageIsDeadAtOnceAndKeepsItsBody) {
    take(message(id_, 1, R"({"no":1})"));
    EXPECT_EQ(text("select state || ' ' || reason from deliveries"), "dead unreadable");
    EXPECT_NE(text("select body from deliveries").find("\"no\":1"), std::string::npos);
}

TEST_F(WriterTest, AFailedMessageClimbsTheLadderAndLaterOnesOfItsAggregateWait) {
    take(message(id_, 1, R"({"id":"0190b6f0-0000-7000-8000-000000000001","amount":-1})"));
    take(message(id_, 2, R"({"id":"0190b6f0-0000-7000-8000-000000000001","amount":7})"));
    EXPECT_EQ(number("select count(*) from deliveries where state = 'waiting'"), 2);
    EXPECT_EQ(number("select count(*) from counters"), 0);
    run(std::chrono::seconds(8));
    EXPECT_EQ(number("select attempts from deliveries where seq = 1"), 2);
    run(std::chrono::seconds(60));
    EXPECT_EQ(text("select state from deliveries where seq = 1"), "dead");
    EXPECT_EQ(number("select attempts from deliveries where seq = 1"), 3);
    EXPECT_EQ(number("select value from counters"), 7) << "a dead row releases those behind it";
    EXPECT_EQ(number("select count(*) from deliveries where seq = 2"), 0);
}

TEST_F(WriterTest, ADeadlinePassesOnceAndSurvivesARestart) {
    submit(Add{id_, 5, std::chrono::hours(1)});
    run();
    stop();
    start();
    run(std::chrono::minutes(59));
    EXPECT_EQ(number("select value from counters"), 5);
    run(std::chrono::minutes(2));
    EXPECT_EQ(number("select value from counters"), 1'005);
    EXPECT_EQ(number("select count(*) from timers"), 0);
}

TEST_F(WriterTest, ATransientRefusalRunsTheSameBatchAgainWithTheSameIds) {
    plan_ = {{1, sql::FailureKind::transient, false}};
    auto& reply = submit(Add{id_, 5, {}});
    run(std::chrono::seconds(1));
    ASSERT_TRUE(reply && *reply);
    EXPECT_EQ(number("select value from counters"), 5);
    EXPECT_EQ(published_.size(), 1U);
}

TEST_F(WriterTest, ACommitThatHappenedUnheardIsNotRunAgain) {
    plan_ = {{1, sql::FailureKind::commit_unknown, true}};
    auto& reply = submit(Add{id_, 5, {}});
    run(std::chrono::seconds(1));
    ASSERT_TRUE(reply && *reply);
    EXPECT_EQ(number("select value from counters"), 5);
    EXPECT_EQ(published_.size(), 1U);
}

TEST_F(WriterTest, ACommitThatWasLostIsRunAgain) {
    plan_ = {{1, sql::FailureKind::commit_unknown, false}};
    auto& reply = submit(Add{id_, 5, {}});
    run(std::chrono::seconds(1));
    ASSERT_TRUE(reply && *reply);
    EXPECT_EQ(number("select value from counters"), 5);
}

TEST_F(WriterTest, WhatTheDatabaseRefusesIsFoundByHalvingAndTheRestGoesThrough) {
    auto& bad = submit(Add{*Uuid::parse("0190b6f0-0000-7000-8000-0000000000ff"), 2'000'000, {}});
    auto& good = submit(Add{id_, 5, {}});
    run(std::chrono::seconds(1));
    ASSERT_TRUE(bad && !*bad);
    EXPECT_EQ((*bad).error().problem, Problem::internal_error);
    ASSERT_TRUE(good && *good);
    EXPECT_EQ(number("select count(*) from counters"), 1);
}

TEST_F(WriterTest, WhatIsFoundByHalvingKeepsItsOrderWhenTheDatabaseFailsMeanwhile) {
    for (const auto kind : {sql::FailureKind::transient, sql::FailureKind::commit_unknown}) {
        plan_ = {{1, sql::FailureKind::constraint, false}, {1, kind, false}};
        const auto before = number("select version from counters");
        auto& first = submit(Add{id_, 5, {}});
        auto& second = submit(Add{id_, 6, {}});
        auto& third = submit(Add{id_, 7, {}});
        run(std::chrono::seconds(1));
        ASSERT_TRUE(first && *first && second && *second && third && *third);
        EXPECT_EQ((*first)->version, before + 1);
        EXPECT_EQ((*second)->version, before + 2);
        EXPECT_EQ((*third)->version, before + 3);
    }
}

TEST_F(WriterTest, WhatWasTakenElsewhereIsDrawnAgain) {
    plan_ = {{3, sql::FailureKind::duplicate, false}};
    auto& reply = submit(Add{id_, 5, {}});
    run();
    ASSERT_TRUE(reply && *reply);
    EXPECT_EQ(number("select value from counters"), 5);
    EXPECT_EQ(published_.size(), 1U);
}

TEST_F(WriterTest, WhatIsTakenHoweverOftenItIsDrawnIsRefused) {
    plan_ = {{4, sql::FailureKind::duplicate, false}};
    auto& reply = submit(Add{id_, 5, {}});
    run();
    ASSERT_TRUE(reply && !*reply);
    EXPECT_EQ((*reply).error().problem, Problem::internal_error);
    EXPECT_EQ(number("select count(*) from counters"), 0);
}

TEST_F(WriterTest, AnIoErrorEndsTheProcess) {
    plan_ = {{1, sql::FailureKind::fatal, false}};
    submit(Add{id_, 5, {}});
    run();
    EXPECT_TRUE(fatal_);
}

TEST_F(WriterTest, TheRelayDeliversWhatIsCommittedAndTheRowGoes) {
    // The counters' own consumer takes its events: each adds again, so only one round is let pass.
    relay_ = std::make_unique<messaging::Relay>(
        *env_, *faulty_, telemetry::nowhere(),
        [this](std::vector<std::int64_t> ids) { core_->remove_outbox_rows(std::move(ids)); },
        messaging::Relay::Options());
    struct Sink final : messaging::Destination {
        std::string_view name() const override { return "sink"; }
        bool wants(std::string_view type) const override { return type == "Added"; }
        void deliver(std::vector<messaging::OutboxEntry> batch, std::size_t destination,
                     messaging::Acknowledgements& acks) override {
            for (const auto& entry : batch) {
                versions.push_back(entry.message->meta.aggregate_version);
                if (take) acks.taken(destination, std::span(&entry.id, 1));
            }
        }
        std::vector<std::int64_t> versions;
        bool take = true;
    } sink;
    relay_->add(sink);
    sink.take = false;
    relay_->prepare(last_id_);
    relay_->start();
    for (int i = 0; i < 3; ++i) submit(Add{id_, 1, {}});
    run();
    EXPECT_EQ(sink.versions, (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(number("select count(*) from outbox"), 3) << "not taken: the rows stay";

    stop();
    sink.versions.clear();
    sink.take = true;
    start();
    relay_ = std::make_unique<messaging::Relay>(
        *env_, *faulty_, telemetry::nowhere(),
        [this](std::vector<std::int64_t> ids) { core_->remove_outbox_rows(std::move(ids)); },
        messaging::Relay::Options());
    relay_->add(sink);
    relay_->prepare(last_id_);
    relay_->start();
    run();
    EXPECT_EQ(sink.versions, (std::vector<std::int64_t>{1, 2, 3})) << "delivered again, in order";
    EXPECT_EQ(number("select count(*) from outbox"), 0);
}

}  // namespace
}  // namespace waybill::service::testing
