#include "chassis/service/writer_testing.hpp"

namespace waybill::service::testing {
namespace {

class StoppedWriterTest : public WriterTest {
 protected:
    /// A stop ends although nothing can be written, and refuses what waits.
    void stop_gives_up() {
        auto& given_up = submit(Add{id_, 5, {}});
        run(std::chrono::milliseconds(1));
        core_->stop();
        run();
        ASSERT_TRUE(given_up && !*given_up);
        EXPECT_EQ((*given_up).error().problem, Problem::overloaded);
    }
};

TEST_F(WriterTest, KeysAreForgottenAfterADayAndInboxRowsAfterAWeek) {
    submit(Add{id_, 5, {}}, key("k"));
    take(message(id_, 1, R"({"id":"0190b6f0-0000-7000-8000-000000000001","amount":5})"));
    run(std::chrono::hours(23));
    submit(Add{id_, 1, {}});
    run();
    EXPECT_EQ(number("select count(*) from idempotency"), 1);
    run(std::chrono::hours(2));
    submit(Add{id_, 1, {}});
    run();
    EXPECT_EQ(number("select count(*) from idempotency"), 0);
    EXPECT_EQ(number("select count(*) from inbox"), 1);
    run(std::chrono::hours(24 * 7));
    submit(Add{id_, 1, {}});
    run();
    EXPECT_EQ(number("select count(*) from inbox"), 0);
}

TEST_F(WriterTest, PurgingGoesOnWithEachBatchWhileAWholeSliceIsOld) {
    {
        auto session = database_->open_writer();
        ASSERT_TRUE((*session)->execute(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500) "
            "insert into idempotency select randomblob(16), 's', 'k', i, x'00', 200, x'00', 1, 1 "
            "from n",
            {}));
    }
    for (int i = 0; i < 3; ++i) {
        submit(Add{id_, 1, {}});
        run();
    }
    EXPECT_EQ(number("select count(*) from idempotency"), 0);
}

TEST_F(WriterTest, AFullDiskAnswers503AndResumesWhenThereIsRoom) {
    plan_ = {{1, sql::FailureKind::disk_full, false}};
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

TEST_F(WriterTest, WhatIsDueIsPutOnceWhileNothingCanBeWrittenAndTakenSoonAfter) {
    stop();
    options_.queue_max = {4, 8, 8};
    start();
    take(message(id_, 1, R"({"id":"0190b6f0-0000-7000-8000-000000000001","amount":-1})"));
    ASSERT_EQ(number("select count(*) from deliveries where state = 'waiting'"), 1);
    plan_ = {{12, sql::FailureKind::disk_full, false}};
    const Uuid other = *Uuid::parse("0190b6f0-0000-7000-8000-000000000002");
    std::optional<Completion::Kind> taken;
    consumer_->put(
        message(other, 11, R"({"id":"0190b6f0-0000-7000-8000-000000000002","amount":7})"), 0,
        [&](const Completion& end) { taken = end.kind; });
    run(std::chrono::seconds(20));
    EXPECT_FALSE(taken) << "the disk is still full";
    EXPECT_TRUE(consumer_->put(
        message(other, 12, R"({"id":"0190b6f0-0000-7000-8000-000000000002","amount":1})"), 0, {}))
        << "the lane has room";
    run(std::chrono::seconds(60));
    EXPECT_EQ(taken, Completion::Kind::done) << "it is tried every five seconds at least";
    EXPECT_EQ(number("select value from counters"), 8);
}

TEST_F(StoppedWriterTest, StoppingEndsWhileNothingCanBeWritten) {
    submit(Add{id_, 5, {}});
    run();
    plan_ = {{1'000'000, sql::FailureKind::transient, false}};
    core_->remove_outbox_rows({1});
    stop_gives_up();
    EXPECT_EQ(number("select value from counters"), 5);
    EXPECT_EQ(number("select count(*) from outbox"), 1);
}

TEST_F(StoppedWriterTest, StoppingEndsWhileTheDatabaseCannotBeReached) {
    plan_ = {{1, sql::FailureKind::connection_lost, false}};
    faulty_->reachable = false;
    core_->remove_outbox_rows({1});
    stop_gives_up();
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

TEST_F(WriterTest, CreatesAreRefusedWhileTheOldestHasWaitedTooLongAndMovesAreNot) {
    using std::chrono::milliseconds;
    stop();
    options_.create_queue_short = 2;
    options_.create_wait_max = milliseconds(2);
    start();
    plan_ = {{4, sql::FailureKind::transient, false}};
    submit(Add{id_, 1, {}});
    run(milliseconds(1));  // now it waits for a further attempt, and everything else for it
    auto& oldest = submit(Add{id_, 1, {}});
    run(milliseconds(2));
    auto& in_a_short_queue = submit(Add{id_, 1, {}});
    run(milliseconds(1));
    auto& refused = submit(Add{id_, 1, {}});
    auto& moved = submit(Add{id_, 1, {}}, {}, Lane::move);
    run();
    ASSERT_TRUE(refused && !*refused);
    EXPECT_EQ((*refused).error().problem, Problem::overloaded);
    EXPECT_EQ((*refused).error().retry_after, std::chrono::seconds(1));
    for (const auto* reply : {&oldest, &in_a_short_queue, &moved}) EXPECT_TRUE(*reply && **reply);
    auto& afterwards = submit(Add{id_, 1, {}});
    run();
    EXPECT_TRUE(afterwards && *afterwards);
}

}  // namespace
}  // namespace waybill::service::testing
