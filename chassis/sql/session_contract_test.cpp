#include "chassis/sql/session_contract.hpp"

#include <array>
#include <vector>

namespace waybill::sql {
namespace {

using ::testing::TestWithParam;

constexpr std::array parent_columns{
    Column{"id", ColumnType::uuid}, Column{"name", ColumnType::text},
    Column{"size", ColumnType::integer}, Column{"note", ColumnType::text, true}};
constexpr TableDef parents{"parents", parent_columns, 1};
constexpr std::array child_columns{Column{"parent_id", ColumnType::uuid},
                                   Column{"line", ColumnType::integer},
                                   Column{"body", ColumnType::blob}};
constexpr TableDef children{"children", child_columns, 2};

constexpr std::string_view id_a = "aaaaaaaaaaaaaaaa";
constexpr std::string_view id_b = "bbbbbbbbbbbbbbbb";
constexpr std::string_view id_c = "cccccccccccccccc";

using Cells = std::vector<Cell>;

Cells parent(std::string_view id, std::string_view name, std::int64_t size = 1) {
    return {id, name, size, std::monostate{}};
}

Cells joined(std::initializer_list<Cells> rows) {
    Cells all;
    for (const Cells& row : rows) all.insert(all.end(), row.begin(), row.end());
    return all;
}

class SessionContract : public TestWithParam<Driver> {
 protected:
    void SetUp() override {
        env_ = VirtualEnv::create(1, Timestamp{0});
        under_test_ = GetParam().make(*env_);
        auto opened = database().open_writer();
        ASSERT_TRUE(opened) << opened.error().message;
        writer_ = std::move(*opened);
        under_test_->create_tables(*writer_);
    }
    Database& database() { return under_test_->database(); }
    Session& writer() { return *writer_; }
    std::int64_t count(Session& session, std::string_view table) {
        auto rows = session.query("select count(*) from " + std::string(table), {});
        EXPECT_TRUE(rows) << rows.error().message;
        return rows ? as_int(rows->row(0)[0]) : -1;
    }
    std::unique_ptr<VirtualEnv> env_;
    std::unique_ptr<DatabaseUnderTest> under_test_;
    std::unique_ptr<Session> writer_;
};

TEST_P(SessionContract, RefusesATakenKeyAsDuplicateAndKeepsNoRowOfThatStatement) {
    ASSERT_TRUE(writer().insert(parents, parent(id_b, "b")));
    const auto rows = joined({parent(id_a, "a"), parent(id_b, "again")});
    const auto refused = writer().insert(parents, rows);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, FailureKind::duplicate);
    EXPECT_EQ(refused.error().statement, "insert parents");
    EXPECT_FALSE(writer().in_transaction());
    EXPECT_EQ(count(writer(), "parents"), 1);
}

TEST_P(SessionContract, RefusesEverythingAfterAFailureUntilTheRollback) {
    ASSERT_TRUE(writer().begin());
    ASSERT_TRUE(writer().insert(parents, parent(id_a, "a")));
    ASSERT_FALSE(writer().insert(parents, parent(id_b, "a")));
    EXPECT_FALSE(writer().insert(parents, parent(id_c, "c")));
    EXPECT_FALSE(writer().query("select 1", {}));
    EXPECT_FALSE(writer().commit());
    writer().rollback();
    EXPECT_FALSE(writer().in_transaction());
    EXPECT_EQ(count(writer(), "parents"), 0);
    EXPECT_TRUE(writer().insert(parents, parent(id_a, "a")));
}

TEST_P(SessionContract, RefusesWhatACheckForbidsAsConstraint) {
    const auto refused = writer().insert(parents, parent(id_a, "a", 101));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, FailureKind::constraint);
}

TEST_P(SessionContract, RefusesAChildWithoutParentAsConstraint) {
    const auto refused = writer().insert(children, Cells{id_a, std::int64_t{1}, Bytes("x")});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, FailureKind::constraint);
}

TEST_P(SessionContract, RefusesToUpdateARowThatIsNotThere) {
    ASSERT_TRUE(writer().insert(parents, parent(id_a, "a")));
    const auto refused =
        writer().update(parents, joined({parent(id_a, "changed"), parent(id_b, "b")}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, FailureKind::constraint);
    auto rows = writer().query("select name from parents", {});
    EXPECT_EQ(as_text(rows->row(0)[0]), "a");
}

TEST_P(SessionContract, RefusesWhatIsNoStatementOrHasOtherParameters) {
    EXPECT_EQ(writer().query("select from where", {}).error().kind, FailureKind::invalid);
    EXPECT_EQ(writer().query("select ?", {}).error().kind, FailureKind::invalid);
    EXPECT_EQ(writer().execute("select 1; select 2", {}).error().kind, FailureKind::invalid);
    EXPECT_EQ(writer().execute("", {}).error().kind, FailureKind::invalid);
}

TEST_P(SessionContract, RefusesAnIdThatIsGivenAsText) {
    const Uuid id = Uuid::v7(Timestamp{1'700'000'000'000'000}, ~std::uint64_t{0});
    const auto refused = writer().query("select * from parents where id = ?", Cells{id.raw()});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, FailureKind::invalid);
    EXPECT_TRUE(writer().query("select * from parents where id = ?", Cells{id_cell(id)}));
}

TEST_P(SessionContract, FailsWithTimeoutOnceTheDeadlineHasPassed) {
    writer().set_deadline(env_->monotonic() + Duration(10));
    EXPECT_TRUE(writer().query("select 1", {}));
    env_->run_for(Duration(10));
    EXPECT_EQ(writer().query("select 1", {}).error().kind, FailureKind::timeout);
    writer().set_deadline(std::nullopt);
    EXPECT_TRUE(writer().query("select 1", {}));
}

TEST_P(SessionContract, CommitsThoughTheDeadlineHasPassed) {
    ASSERT_TRUE(writer().begin());
    ASSERT_TRUE(writer().insert(parents, parent(id_a, "a")));
    writer().set_deadline(env_->monotonic());
    EXPECT_TRUE(writer().commit());
}

TEST_P(SessionContract, LeavesOutTakenRowsAndNamesThem) {
    ASSERT_TRUE(writer().insert(parents, parent(id_b, "b")));
    const auto left_out = writer().insert_new(
        parents, joined({parent(id_a, "a"), parent(id_b, "other"), parent(id_c, "a")}));
    ASSERT_TRUE(left_out) << left_out.error().message;
    EXPECT_EQ(*left_out, (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(count(writer(), "parents"), 2);
}

TEST_P(SessionContract, SelectsInTheOrderOfTheColumnsValuesEachOnce) {
    ASSERT_TRUE(writer().insert(parents,
                                joined({parent(id_c, "c"), parent(id_a, "a"), parent(id_b, "b")})));
    const auto rows = writer().select_in(parents, "id", Cells{id_c, id_a, id_c}, true);
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ(as_text(rows->row(0)[1]), "a");
    EXPECT_EQ(as_text(rows->row(1)[1]), "c");
    EXPECT_TRUE(writer().select_in(parents, "id", {}, false)->empty());
}

TEST_P(SessionContract, SelectsAllRowsOfOneValueInKeyOrder) {
    ASSERT_TRUE(writer().insert(parents, joined({parent(id_a, "a"), parent(id_b, "b")})));
    ASSERT_TRUE(
        writer().insert(children, Cells{id_b, std::int64_t{2}, Bytes("b2"), id_a, std::int64_t{1},
                                        Bytes("a1"), id_b, std::int64_t{1}, Bytes("b1")}));
    const auto rows = writer().select_in(children, "parent_id", Cells{id_b, id_a}, false);
    ASSERT_EQ(rows->size(), 3U);
    EXPECT_EQ(as_text(rows->row(0)[2]), "a1");
    EXPECT_EQ(as_text(rows->row(1)[2]), "b1");
    EXPECT_EQ(as_text(rows->row(2)[2]), "b2");
}

TEST_P(SessionContract, KeepsNullEmptyTextAndExtremeValuesApart) {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    ASSERT_TRUE(writer().insert(
        parents, Cells{id_a, std::string_view(), std::int64_t{0}, std::string_view()}));
    ASSERT_TRUE(writer().insert(parents, parent(id_b, "ü\n'\"")));
    ASSERT_TRUE(
        writer().insert(children, Cells{id_a, least, Bytes(std::string_view("\0\xff", 2))}));
    const auto rows = writer().select_in(parents, "id", Cells{id_a, id_b}, false);
    EXPECT_EQ(as_text(rows->row(0)[1]), "");
    EXPECT_EQ(as_text(rows->row(0)[3]), "");
    EXPECT_EQ(as_text(rows->row(1)[1]), "ü\n'\"");
    EXPECT_TRUE(is_null(rows->row(1)[3]));
    const auto bytes = writer().select_in(children, "parent_id", Cells{id_a}, false);
    EXPECT_EQ(as_int(bytes->row(0)[1]), least);
    EXPECT_EQ(as_text(bytes->row(0)[2]), std::string_view("\0\xff", 2));
}

TEST_P(SessionContract, UpdatesAllOtherColumnsOfARow) {
    ASSERT_TRUE(writer().insert(parents, parent(id_a, "a")));
    ASSERT_TRUE(writer().update(
        parents, Cells{id_a, std::string_view("new"), std::int64_t{7}, std::string_view("n")}));
    const auto rows = writer().select_in(parents, "name", Cells{std::string_view("new")}, false);
    ASSERT_EQ(rows->size(), 1U);
    EXPECT_EQ(as_int(rows->row(0)[2]), 7);
    EXPECT_EQ(as_text(rows->row(0)[3]), "n");
}

TEST_P(SessionContract, RemovesByWholeKeysAndIgnoresAbsentOnes) {
    ASSERT_TRUE(writer().insert(parents, parent(id_a, "a")));
    ASSERT_TRUE(writer().insert(
        children, Cells{id_a, std::int64_t{1}, Bytes("1"), id_a, std::int64_t{2}, Bytes("2")}));
    ASSERT_TRUE(writer().remove(children, Cells{id_a, std::int64_t{2}, id_b, std::int64_t{1}}));
    EXPECT_EQ(count(writer(), "children"), 1);
}

TEST_P(SessionContract, CountsTheRowsThatAStatementChanged) {
    ASSERT_TRUE(writer().insert(parents, joined({parent(id_a, "a"), parent(id_b, "b")})));
    EXPECT_EQ(*writer().execute("update parents set size = ?", Cells{std::int64_t{9}}), 2);
    EXPECT_EQ(*writer().execute("delete from parents where name = ?", Cells{"none"}), 0);
}

TEST_P(SessionContract, ShowsReadersWhatIsCommittedAndNothingElse) {
    auto reader = database().open_reader();
    ASSERT_TRUE(reader) << reader.error().message;
    ASSERT_TRUE(writer().begin());
    ASSERT_TRUE(writer().insert(parents, parent(id_a, "a")));
    EXPECT_EQ(count(**reader, "parents"), 0);
    ASSERT_TRUE(writer().commit());
    EXPECT_EQ(count(**reader, "parents"), 1);
}

TEST_P(SessionContract, LetsReadersWriteNothing) {
    auto reader = database().open_reader();
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader)->insert(parents, parent(id_a, "a")).error().kind, FailureKind::invalid);
    EXPECT_EQ((*reader)->execute("delete from parents", {}).error().kind, FailureKind::invalid);
    EXPECT_FALSE((*reader)->begin());
    EXPECT_EQ(count(writer(), "parents"), 0);
}

TEST_P(SessionContract, RollsBackWhatASessionLeavesOpen) {
    ASSERT_TRUE(writer().begin());
    ASSERT_TRUE(writer().insert(parents, parent(id_a, "a")));
    writer_ = std::move(*database().open_writer());
    writer_.reset();
    auto reader = database().open_reader();
    EXPECT_EQ(count(**reader, "parents"), 0);
}

INSTANTIATE_TEST_SUITE_P(EveryDriver, SessionContract,
                         ::testing::Values(Driver{"sqlite", sqlite_under_test}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace waybill::sql
