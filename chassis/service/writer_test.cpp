#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "chassis/messaging/tables.hpp"
#include "chassis/service/counters_testing.hpp"
#include "chassis/service/faulty_testing.hpp"

namespace waybill::service::testing {
namespace {

using Domain = CountersDomain;
using Reply = std::optional<Result<Answer<Domain>>>;

Task<void> ask(Writer<Domain>& writer, Domain::Command command, Lane lane,
               std::optional<IdempotencyKey> key, Deadline deadline, Reply& reply) {
    Cause cause;
    cause.actor = {"alice", "test"};
    reply.emplace(
        co_await writer.submit(std::move(command), lane, cause, std::move(key), deadline));
}

IdempotencyKey key(std::string text, std::string hash = "same") {
    return {"alice", std::move(text), 0, std::move(hash), 201};
}

class WriterTest : public ::testing::Test {
 protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("writer-" +
                   Uuid::v7(Timestamp{1}, reinterpret_cast<std::uintptr_t>(this)).to_string());
        std::filesystem::create_directories(folder_);
        auto opened = sql::SqliteDatabase::open(*env_, {.path = folder_ / "counters.db"});
        ASSERT_TRUE(opened) << opened.error().message;
        database_ = std::move(*opened);
        faulty_ = std::make_unique<FaultyDatabase>(*database_, plan_);
        const std::string schema = frame_schema() +
                                   "create table counters (id blob primary key not null, "
                                   "value integer not null check (value < 1000000), "
                                   "version integer not null) without rowid;";
        const std::array migrations{sql::Migration{1, "frame", schema}};
        auto session = database_->open_writer();
        ASSERT_TRUE(sql::migrate(**session, *env_, migrations));
        session->reset();
        start();
    }
    void TearDown() override {
        stop();
        faulty_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }
    void start() {
        domain_ = std::make_unique<DomainOf<Domain>>();
        TakingRules rules{"counters",
                          "counters",
                          true,
                          false,
                          {std::chrono::seconds(5), std::chrono::seconds(30)}};
        core_ = std::make_unique<WriterCore>(
            *env_, *faulty_, *domain_, telemetry::nowhere(), rules, options_,
            WriterCore::Hooks{[this](const auto& entries) {
                                  published_.insert(published_.end(), entries.begin(),
                                                    entries.end());
                                  if (relay_) relay_->committed(entries);
                              },
                              [this] {
                                  if (clock_) clock_->wake();
                              },
                              [this](const sql::Failure&) { fatal_ = true; }});
        writer_ = std::make_unique<Writer<Domain>>(*env_, *core_, EventObserver<Domain>());
        consumer_ = std::make_unique<Consumer<Domain>>(
            *env_, *writer_, *core_, telemetry::nowhere(), "counters",
            std::vector<std::string>{"Added", "Odd"}, command_of);
        clock_ = std::make_unique<Clockwork>(
            *env_, *faulty_, telemetry::nowhere(),
            [this](const Uuid& id) {
                return writer_->tell(PassDeadline{id}, {}, std::nullopt, {}).has_value();
            },
            consumer_.get(), Clockwork::Options{});
        auto started = core_->start();
        ASSERT_TRUE(started) << started.error().message;
        last_id_ = *started;
        clock_->start();
    }
    void stop() {
        if (clock_) clock_->stop();
        if (relay_) relay_->stop();
        if (core_) core_->stop();
        relay_.reset();
        clock_.reset();
        consumer_.reset();
        writer_.reset();
        core_.reset();
    }
    Reply& submit(Domain::Command command, std::optional<IdempotencyKey> k = {},
                  Lane lane = Lane::create) {
        replies_.push_back(std::make_unique<Reply>());
        Reply& reply = *replies_.back();
        scope_.spawn(ask(*writer_, std::move(command), lane, std::move(k),
                         Deadline::after(env_->monotonic(), std::chrono::seconds(5)), reply));
        return reply;
    }
    void run(Duration time = std::chrono::milliseconds(100)) { env_->run_for(time); }
    std::int64_t number(std::string_view statement) {
        auto session = database_->open_reader();
        auto rows = (*session)->query(statement, {});
        EXPECT_TRUE(rows) << rows.error().message;
        return rows->empty() || sql::is_null(rows->row(0)[0]) ? 0 : sql::as_int(rows->row(0)[0]);
    }
    std::string text(std::string_view statement) {
        auto session = database_->open_reader();
        auto rows = (*session)->query(statement, {});
        EXPECT_TRUE(rows) << rows.error().message;
        return rows->empty() ? "" : std::string(sql::as_text(rows->row(0)[0]));
    }
    Completion::Kind take(messaging::MessagePtr m) {
        Completion::Kind kind = Completion::Kind::failed;
        EXPECT_TRUE(consumer_->put(std::move(m), 0, [&](const Completion& c) { kind = c.kind; }));
        run();
        return kind;
    }

    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{1'700'000'000'000'000});
    TaskScope scope_{env_->loop(0)};
    std::filesystem::path folder_;
    FaultySession::Plan plan_;
    WriterOptions options_;
    std::unique_ptr<sql::SqliteDatabase> database_;
    std::unique_ptr<FaultyDatabase> faulty_;
    std::unique_ptr<DomainOf<Domain>> domain_;
    std::unique_ptr<WriterCore> core_;
    std::unique_ptr<Writer<Domain>> writer_;
    std::unique_ptr<Consumer<Domain>> consumer_;
    std::unique_ptr<Clockwork> clock_;
    std::unique_ptr<messaging::Relay> relay_;
    std::vector<messaging::OutboxEntry> published_;
    std::vector<std::unique_ptr<Reply>> replies_;
    std::int64_t last_id_ = 0;
    bool fatal_ = false;
    const Uuid id_ = *Uuid::parse("0190b6f0-0000-7000-8000-000000000001");
};

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
    plan_ = {1, sql::FailureKind::transient, false};
    auto& reply = submit(Add{id_, 5, {}});
    run(std::chrono::seconds(1));
    ASSERT_TRUE(reply && *reply);
    EXPECT_EQ(number("select value from counters"), 5);
    EXPECT_EQ(published_.size(), 1U);
}

TEST_F(WriterTest, ACommitThatHappenedUnheardIsNotRunAgain) {
    plan_ = {1, sql::FailureKind::commit_unknown, true};
    auto& reply = submit(Add{id_, 5, {}});
    run(std::chrono::seconds(1));
    ASSERT_TRUE(reply && *reply);
    EXPECT_EQ(number("select value from counters"), 5);
    EXPECT_EQ(published_.size(), 1U);
}

TEST_F(WriterTest, ACommitThatWasLostIsRunAgain) {
    plan_ = {1, sql::FailureKind::commit_unknown, false};
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

TEST_F(WriterTest, AFullDiskAnswers503AndResumesWhenThereIsRoom) {
    plan_ = {1, sql::FailureKind::disk_full, false};
    faulty_->free = 0;
    auto& refused = submit(Add{id_, 5, {}});
    run();
    auto& waiting = submit(Add{id_, 5, {}});
    run();
    ASSERT_TRUE(refused && !*refused && waiting && !*waiting);
    EXPECT_EQ((*refused).error().problem, Problem::unavailable);
    EXPECT_EQ((*waiting).error().problem, Problem::overloaded);
    faulty_->free = std::uint64_t{1} << 40U;
    submit(Add{id_, 5, {}});
    run();
    auto& accepted = submit(Add{id_, 5, {}});
    run();
    ASSERT_TRUE(accepted && *accepted);
}

TEST_F(WriterTest, AnIoErrorEndsTheProcess) {
    plan_ = {1, sql::FailureKind::fatal, false};
    submit(Add{id_, 5, {}});
    run();
    EXPECT_TRUE(fatal_);
}

TEST_F(WriterTest, AFullQueueAnswersAtOnce) {
    stop();
    options_.queue_max = {10, 1, 1};
    start();
    submit(Add{id_, 5, {}});
    auto& refused = submit(Add{id_, 5, {}});
    run();
    ASSERT_TRUE(refused && !*refused);
    EXPECT_EQ((*refused).error().problem, Problem::overloaded);
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
    relay_->start(last_id_);
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
    relay_->start(last_id_);
    run();
    EXPECT_EQ(sink.versions, (std::vector<std::int64_t>{1, 2, 3})) << "delivered again, in order";
    EXPECT_EQ(number("select count(*) from outbox"), 0);
}

}  // namespace
}  // namespace waybill::service::testing
