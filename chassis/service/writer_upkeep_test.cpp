#include "chassis/service/writer_testing.hpp"

namespace waybill::service::testing {
namespace {

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

}  // namespace
}  // namespace waybill::service::testing
