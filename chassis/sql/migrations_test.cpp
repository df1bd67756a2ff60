#include "chassis/sql/migrations.hpp"

#include <gtest/gtest.h>

#include <array>

#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/sqlite.hpp"
#include "chassis/sql/temporary_folder.hpp"

namespace waybill::sql {
namespace {

constexpr std::array steps{
    Migration{1, "first tables",
              "create table a (id integer primary key);\ncreate table b (id integer);"},
    Migration{2, "guard", R"(
        -- nobody; removes
        create trigger keep_a before delete on a begin
            select case when old.id > 0 then raise(abort, 'kept; always') end;
        end;
        insert into a values (1);)"},
    Migration{3, "third", "alter table b add column note text;"},
};

class Migrations : public ::testing::Test {
 protected:
    waybill::Result<MigrationReport> migrate_to(std::span<const Migration> list) {
        return migrate(*session_, *env_, list);
    }
    std::string refusal(std::span<const Migration> list) {
        auto report = migrate_to(list);
        EXPECT_FALSE(report);
        return report ? "" : report.error().detail;
    }
    std::string stored(std::string_view query) {
        auto rows = session_->query(query, {});
        EXPECT_TRUE(rows) << rows.error().message;
        std::string text;
        for (std::size_t i = 0; i < rows->size(); ++i)
            text.append(as_text(rows->row(i)[0])).append(",");
        return text;
    }
    TemporaryFolder folder_;
    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{1'700'000'000'000'000});
    std::unique_ptr<SqliteDatabase> database_ =
        std::move(*SqliteDatabase::open(*env_, {.path = folder_.file("m.db")}));
    std::unique_ptr<Session> session_ = std::move(*database_->open_writer());
};

TEST_F(Migrations, RefusesAStepThatWasChangedAfterItWasApplied) {
    ASSERT_TRUE(migrate_to(steps));
    auto changed = steps;
    changed[1].sql = "insert into a values (2);";
    const std::string why = refusal(changed);
    EXPECT_NE(why.find("migration 2 guard differs"), std::string::npos) << why;
}

TEST_F(Migrations, RefusesADatabaseNewerThanTheProgram) {
    ASSERT_TRUE(migrate_to(steps));
    const std::string why = refusal(std::span(steps).first(2));
    EXPECT_NE(why.find("version 3 (third), this program knows 2"), std::string::npos) << why;
}

TEST_F(Migrations, RefusesADatabaseWithAGap) {
    ASSERT_TRUE(migrate_to(std::span(steps).first(2)));
    ASSERT_TRUE(session_->execute("delete from schema_migrations where version = 1", {}));
    const std::string why = refusal(steps);
    EXPECT_NE(why.find("migration 1 is missing"), std::string::npos) << why;
}

TEST_F(Migrations, KeepsNothingOfAStepThatFailsAndAllBeforeIt) {
    auto broken = steps;
    broken[1].sql = "create table c (id integer); insert into nowhere values (1);";
    const std::string why = refusal(broken);
    EXPECT_NE(why.find("migration 2 guard: "), std::string::npos) << why;
    EXPECT_EQ(stored("select name from schema_migrations order by version"), "first tables,");
    EXPECT_EQ(stored("select name from sqlite_schema where name = 'c'"), "");
    EXPECT_TRUE(migrate_to(steps));
}

TEST_F(Migrations, AppliesWhatIsMissingInOrderAndOnce) {
    const auto first = migrate_to(std::span(steps).first(1));
    ASSERT_TRUE(first) << first.error().detail;
    EXPECT_EQ(first->version, 1);
    ASSERT_EQ(pending(*session_, steps)->size(), 2U);
    const auto rest = migrate_to(steps);
    ASSERT_TRUE(rest) << rest.error().detail;
    EXPECT_EQ(rest->applied, (std::vector<std::string>{"guard", "third"}));
    EXPECT_EQ(rest->version, 3);
    EXPECT_TRUE(migrate_to(steps)->applied.empty());
    EXPECT_TRUE(pending(*session_, steps)->empty());
    auto times = session_->query("select applied_at from schema_migrations", {});
    EXPECT_EQ(as_int(times->row(0)[0]), 1'700'000'000'000'000);
    EXPECT_FALSE(session_->execute("delete from a", {}));
}

TEST(SplitStatements, KnowsQuotesCommentsAndTriggers) {
    EXPECT_TRUE(split_statements(" ;; -- nothing; here\n /* nor; here */ ;").empty());
    const auto parts = split_statements("a 'x;''y'; b \"q;\" -- c;\n; d /* ; */ e");
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_EQ(parts[0], "a 'x;''y'");
    EXPECT_EQ(parts[1], "b \"q;\" -- c;");
    EXPECT_EQ(parts[2], "d /* ; */ e");
    EXPECT_EQ(split_statements(steps[1].sql).size(), 2U);
    EXPECT_EQ(split_statements("BEGIN; select case when 1 then 2 end; END").size(), 3U);
}

TEST(Checksum, IsSha256) {
    EXPECT_EQ(checksum("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace waybill::sql
