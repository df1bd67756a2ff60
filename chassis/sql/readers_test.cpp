#include "chassis/sql/readers.hpp"

#include <gtest/gtest.h>

#include <future>

#include "chassis/runtime/async.hpp"
#include "chassis/runtime/real_env.hpp"
#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/sqlite.hpp"
#include "chassis/sql/temporary_folder.hpp"

namespace waybill::sql {
namespace {

using Answer = waybill::Result<std::int64_t>;

Result<std::int64_t> count_things(Session& session) {
    auto rows = session.query("select count(*) from things", {});
    if (!rows) return tl::unexpected(rows.error());
    return as_int(rows->row(0)[0]);
}

Task<void> ask(Readers& readers, Deadline deadline, std::vector<Answer>& answers) {
    answers.push_back(co_await readers.read(&count_things, deadline));
}

Task<void> write_through(Readers& readers, Deadline deadline, std::vector<Answer>& answers) {
    answers.push_back(co_await readers.read(
        [](Session& session) { return session.execute("delete from things", {}); }, deadline));
}

class ReadersTest : public ::testing::Test {
 protected:
    void SetUp() override {
        auto writer = std::move(*database_->open_writer());
        ASSERT_TRUE(writer->execute("create table things (id integer)", {}));
        ASSERT_TRUE(writer->execute("insert into things values (1), (2)", {}));
    }
    Deadline in(Duration time) { return Deadline::after(env_->monotonic(), time); }

    TemporaryFolder folder_;
    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{0});
    std::unique_ptr<SqliteDatabase> database_ =
        std::move(*SqliteDatabase::open(*env_, {.path = folder_.file("r.db")}));
    std::vector<Answer> answers_;
    TaskScope scope_{env_->loop(0)};
};

TEST_F(ReadersTest, RefuseAtOnceWhatDoesNotFitTheQueue) {
    ReaderPool pool(*env_, 1, 2);
    Readers readers(pool, *database_, telemetry::nowhere());
    for (int i = 0; i < 3; ++i) scope_.spawn(ask(readers, in(Duration(1000)), answers_));
    env_->run_for(Duration(1));
    ASSERT_EQ(answers_.size(), 3U);
    EXPECT_EQ(answers_[0].error().problem, Problem::overloaded);
    EXPECT_TRUE(answers_[0].error().retry_after);
    EXPECT_EQ(answers_[1].value(), 2);
    EXPECT_EQ(answers_[2].value(), 2);
}

TEST_F(ReadersTest, AnswerGatewayTimeoutOnceTheDeadlineHasPassed) {
    ReaderPool pool(*env_, 1);
    Readers readers(pool, *database_, telemetry::nowhere());
    const Deadline passed = in(Duration(0));
    scope_.spawn(ask(readers, passed, answers_));
    env_->run_for(Duration(1));
    ASSERT_EQ(answers_.size(), 1U);
    EXPECT_EQ(answers_[0].error().problem, Problem::gateway_timeout);
}

/// A session whose connection is gone at its first query, and for good.
class LostSession final : public Session {
 public:
    Status begin() override { return lost(); }
    Status commit() override { return lost(); }
    void rollback() override {}
    bool in_transaction() const override { return false; }
    Result<Rows> select_in(const TableDef&, std::string_view, std::span<const Cell>,
                           bool) override {
        return lost();
    }
    Status insert(const TableDef&, std::span<const Cell>) override { return lost(); }
    Result<std::vector<std::size_t>> insert_new(const TableDef&, std::span<const Cell>) override {
        return lost();
    }
    Status update(const TableDef&, std::span<const Cell>) override { return lost(); }
    Status remove(const TableDef&, std::span<const Cell>) override { return lost(); }
    Result<Rows> query(std::string_view, std::span<const Cell>) override { return lost(); }
    Result<std::int64_t> execute(std::string_view, std::span<const Cell>) override {
        return lost();
    }
    void set_deadline(std::optional<MonoTime>) override {}

 private:
    static tl::unexpected<Failure> lost() {
        return tl::unexpected(Failure{FailureKind::connection_lost, "gone", "query"});
    }
};

/// A database whose first reader loses its connection.
class OnceLost final : public Database {
 public:
    explicit OnceLost(Database& real) : real_(real) {}
    Result<std::unique_ptr<Session>> open_writer() override { return real_.open_writer(); }
    Result<std::unique_ptr<Session>> open_reader() override {
        if (opened_++ == 0) return std::make_unique<LostSession>();
        return real_.open_reader();
    }
    Traits traits() const override { return real_.traits(); }
    std::optional<std::uint64_t> free_bytes() override { return real_.free_bytes(); }
    Status checkpoint() override { return real_.checkpoint(); }

 private:
    Database& real_;
    int opened_ = 0;
};

TEST_F(ReadersTest, OpenAnotherSessionAfterTheirConnectionIsLost) {
    OnceLost database(*database_);
    ReaderPool pool(*env_, 1);
    Readers readers(pool, database, telemetry::nowhere());
    for (int i = 0; i < 2; ++i) {
        scope_.spawn(ask(readers, in(Duration(1000)), answers_));
        env_->run_for(Duration(1));
    }
    ASSERT_EQ(answers_.size(), 2U);
    EXPECT_EQ(answers_[0].error().problem, Problem::unavailable);
    EXPECT_EQ(answers_[1].value(), 2);
}

TEST_F(ReadersTest, LetNobodyWrite) {
    ReaderPool pool(*env_, 1);
    Readers readers(pool, *database_, telemetry::nowhere());
    scope_.spawn(write_through(readers, in(Duration(1000)), answers_));
    env_->run_for(Duration(1));
    ASSERT_EQ(answers_.size(), 1U);
    EXPECT_EQ(answers_[0].error().problem, Problem::internal_error);
}

TEST_F(ReadersTest, RefuseTheWaitingWhenTheyEnd) {
    ReaderPool pool(*env_, 1);
    auto readers = std::make_unique<Readers>(pool, *database_, telemetry::nowhere());
    scope_.spawn(ask(*readers, in(Duration(1000)), answers_));
    env_->run_one();
    readers.reset();
    env_->run_for(Duration(1));
    ASSERT_EQ(answers_.size(), 1U);
    EXPECT_EQ(answers_[0].error().problem, Problem::unavailable);
}

TEST_F(ReadersTest, ServeSeveralDatabasesWithTheSameThreads) {
    auto other = std::move(*SqliteDatabase::open(*env_, {.path = folder_.file("other.db")}));
    ASSERT_TRUE((*other->open_writer())->execute("create table things (id integer)", {}));
    ReaderPool pool(*env_, 2);
    Readers first(pool, *database_, telemetry::nowhere());
    Readers second(pool, *other, telemetry::nowhere());
    scope_.spawn(ask(first, in(Duration(1000)), answers_));
    scope_.spawn(ask(second, in(Duration(1000)), answers_));
    env_->run_for(Duration(1));
    ASSERT_EQ(answers_.size(), 2U);
    EXPECT_EQ(answers_[0].value() + answers_[1].value(), 2);
}

Result<std::int64_t> sum_of_accounts(Session& session) {
    auto rows = session.query("select sum(amount) from accounts", {});
    if (!rows) return tl::unexpected(rows.error());
    return as_int(rows->row(0)[0]);
}

Task<void> add_up_often(Env& env, Readers& readers, std::promise<int>& wrong) {
    int count = 0;
    for (int i = 0; i < 300; ++i) {
        const Deadline deadline = Deadline::after(env.monotonic(), std::chrono::seconds(30));
        if ((co_await readers.read(&sum_of_accounts, deadline)).value_or(-1) != 1000) ++count;
    }
    wrong.set_value(count);
}

bool move_money(Session& session) {
    return session.begin() &&
           session.execute("update accounts set amount = amount - 7 where id = 1", {}) &&
           session.execute("update accounts set amount = amount + 7 where id = 2", {}) &&
           session.commit();
}

TEST_F(ReadersTest, SeeWholeTransactionsWhileAWriterCommitsAndCheckpoints) {
    auto env = RealEnv::start(1);
    auto database = std::move(
        *SqliteDatabase::open(*env, {.path = folder_.file("r.db"), .checkpoint_pages = 10}));
    auto writer = std::move(*database->open_writer());
    ASSERT_TRUE(
        writer->execute("create table accounts (id integer primary key, amount integer)", {}));
    ASSERT_TRUE(writer->execute("insert into accounts values (1, 1000), (2, 0)", {}));
    ReaderPool pool(*env, 2);
    Readers readers(pool, *database, telemetry::nowhere());
    TaskScope scope(env->loop(0));
    std::promise<int> wrong;
    auto result = wrong.get_future();
    env->loop(0).post([&] { scope.spawn(add_up_often(*env, readers, wrong)); });
    while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        ASSERT_TRUE(move_money(*writer));
    EXPECT_EQ(result.get(), 0);
    env->stop();
}

Task<void> ask_often(Env& env, Readers& readers, int times, std::promise<std::int64_t>& sum) {
    std::int64_t total = 0;
    for (int i = 0; i < times; ++i) {
        const Deadline deadline = Deadline::after(env.monotonic(), std::chrono::seconds(30));
        total += (co_await readers.read(&count_things, deadline)).value_or(0);
    }
    sum.set_value(total);
}

TEST_F(ReadersTest, ResumeEachCallerOnItsLoopFromRealThreads) {
    auto env = RealEnv::start(2);
    auto database = std::move(*SqliteDatabase::open(*env, {.path = folder_.file("r.db")}));
    ReaderPool pool(*env, 2);
    Readers readers(pool, *database, telemetry::nowhere());
    std::vector<std::promise<std::int64_t>> sums(4);
    TaskScope even(env->loop(0));
    TaskScope odd(env->loop(1));
    for (std::size_t i = 0; i < sums.size(); ++i)
        env->loop(i % 2).post(
            [&, i] { (i % 2 == 0 ? even : odd).spawn(ask_often(*env, readers, 50, sums[i])); });
    for (auto& sum : sums) EXPECT_EQ(sum.get_future().get(), 100);
    env->stop();
}

}  // namespace
}  // namespace waybill::sql
