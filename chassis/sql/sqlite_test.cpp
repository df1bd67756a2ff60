#include "chassis/sql/sqlite.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "chassis/runtime/real_env.hpp"
#include "chassis/sql/session_contract.hpp"
#include "chassis/sql/temporary_folder.hpp"

namespace waybill::sql {
namespace {

class SqliteUnderTest final : public DatabaseUnderTest {
 public:
    explicit SqliteUnderTest(Env& env)
        : database_(std::move(*SqliteDatabase::open(env, {.path = folder_.file("test.db")}))) {}
    Database& database() override { return *database_; }
    void create_tables(Session& session) override {
        ASSERT_TRUE(session.execute(
            "create table parents (id blob not null primary key, name text not null unique, "
            "size integer not null check (size between 0 and 100), note text) "
            "strict, without rowid",
            {}));
        ASSERT_TRUE(session.execute(
            "create table children (parent_id blob not null references parents (id), "
            "line integer not null, body blob not null, primary key (parent_id, line)) "
            "strict, without rowid",
            {}));
    }

 private:
    TemporaryFolder folder_;
    std::unique_ptr<SqliteDatabase> database_;
};

constexpr std::array note_columns{Column{"id", ColumnType::integer},
                                  Column{"body", ColumnType::text}};
constexpr TableDef notes{"notes", note_columns, 1};

class Sqlite : public ::testing::Test {
 protected:
    std::unique_ptr<SqliteDatabase> open(SqliteOptions options) {
        options.path = path_;
        auto opened = SqliteDatabase::open(*env_, options);
        EXPECT_TRUE(opened) << opened.error().message;
        return opened ? std::move(*opened) : nullptr;
    }
    std::unique_ptr<SqliteDatabase> open() { return open(SqliteOptions{}); }
    Failure refusal() {
        auto opened = SqliteDatabase::open(*env_, {.path = path_});
        EXPECT_FALSE(opened);
        return opened ? Failure{} : opened.error();
    }
    /// So many rows of about 1 kB, in one transaction each hundred.
    static void fill(Session& session, std::int64_t rows) {
        ASSERT_TRUE(
            session.execute("create table if not exists notes (id integer not null "
                            "primary key, body text not null) strict",
                            {}));
        const std::string body(1000, 'x');
        for (std::int64_t id = 0; id < rows;) {
            std::vector<Cell> cells;
            for (int i = 0; i < 100 && id < rows; ++i) {
                cells.emplace_back(++id);
                cells.emplace_back(std::string_view(body));
            }
            ASSERT_TRUE(session.insert(notes, cells));
        }
    }
    void overwrite(std::uint64_t from, const std::string& bytes) {
        std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(from));
        file << bytes;
    }
    std::uintmax_t wal_size() { return std::filesystem::file_size(path_ + "-wal"); }

    TemporaryFolder folder_;
    std::string path_ = folder_.file("orders.db");
    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{0});
};

TEST_F(Sqlite, RefusesAFileThatIsNoDatabaseAndNamesIt) {
    std::ofstream(path_) << std::string(8192, 'z');
    const Failure failure = refusal();
    EXPECT_EQ(failure.kind, FailureKind::fatal);
    EXPECT_NE(failure.message.find(path_), std::string::npos) << failure.message;
}

TEST_F(Sqlite, RefusesAFolderThatIsNotThereAndNamesTheFile) {
    path_ = folder_.file("absent/orders.db");
    const Failure failure = refusal();
    EXPECT_EQ(failure.kind, FailureKind::fatal);
    EXPECT_NE(failure.message.find(path_), std::string::npos) << failure.message;
}

TEST_F(Sqlite, RefusesATruncatedFile) {
    {
        auto database = open();
        fill(**database->open_writer(), 500);
        ASSERT_TRUE(database->checkpoint());
    }
    std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
    EXPECT_EQ(refusal().kind, FailureKind::fatal);
}

TEST_F(Sqlite, FailsFatallyOnADamagedPageAndNamesTheFile) {
    {
        auto database = open();
        fill(**database->open_writer(), 500);
        ASSERT_TRUE(database->checkpoint());
    }
    for (std::uint64_t page = 10; page < 60; ++page)
        overwrite(page * 4096, std::string(64, '\xa5'));
    auto database = open();
    auto reader = database->open_reader();
    const auto rows = (*reader)->query("select sum(length(body)) from notes", {});
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().kind, FailureKind::fatal);
    EXPECT_NE(rows.error().message.find(path_), std::string::npos) << rows.error().message;
}

TEST_F(Sqlite, LooksTheFileOverAfterACrashAndRefusesADamagedOne) {
    auto crashed = open();
    auto writer = crashed->open_writer();
    fill(**writer, 500);
    ASSERT_TRUE(crashed->checkpoint());
    fill(**writer, 0);
    ASSERT_TRUE((*writer)->insert(notes, std::vector<Cell>{std::int64_t{900}, "left in the WAL"}));
    for (std::uint64_t page = 10; page < 60; ++page)
        overwrite(page * 4096, std::string(64, '\xa5'));
    const Failure failure = refusal();
    EXPECT_EQ(failure.kind, FailureKind::fatal);
    EXPECT_NE(failure.message.find("damaged"), std::string::npos) << failure.message;
    EXPECT_NE(failure.message.find(path_), std::string::npos) << failure.message;
}

TEST_F(Sqlite, GivesTheSecondWriterATransientRefusalAtOnce) {
    auto database = open();
    auto first = std::move(*database->open_writer());
    auto second = std::move(*database->open_writer());
    ASSERT_TRUE(first->begin());
    EXPECT_EQ(second->begin().error().kind, FailureKind::transient);
    ASSERT_TRUE(first->commit());
    EXPECT_TRUE(second->begin());
}

TEST_F(Sqlite, SaysThatTheDiskIsFullAndGoesOnWhenThereIsRoomAgain) {
    auto database = open();
    auto writer = std::move(*database->open_writer());
    fill(*writer, 100);
    ASSERT_TRUE(writer->query("pragma max_page_count = 60", {}));
    const std::string body(1000, 'x');
    std::vector<Cell> cells;
    for (std::int64_t id = 1000; id < 1400; ++id)
        cells.insert(cells.end(), {id, std::string_view(body)});
    const auto refused = writer->insert(notes, cells);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, FailureKind::disk_full);
    EXPECT_EQ(as_int(writer->query("select count(*) from notes", {})->row(0)[0]), 100);
    ASSERT_TRUE(writer->query("pragma max_page_count = 100000", {}));
    EXPECT_TRUE(writer->insert(notes, cells));
}

TEST_F(Sqlite, LosesNothingOnAFileSystemThatIsFull) {
    const std::string small = folder_.file("small");
    std::filesystem::create_directory(small);
    if (::mount("tmpfs", small.c_str(), "tmpfs", 0, "size=1m") != 0)
        GTEST_SKIP() << "this user may not mount";
    path_ = small + "/orders.db";
    {
        auto database = open();
        auto writer = std::move(*database->open_writer());
        fill(*writer, 100);
        std::int64_t kept = 100;
        FailureKind kind = FailureKind::invalid;
        const std::string body(10'000, 'x');
        for (;; ++kept)
            if (auto done =
                    writer->insert(notes, std::vector<Cell>{kept + 1, std::string_view(body)});
                !done) {
                kind = done.error().kind;
                break;
            }
        EXPECT_EQ(kind, FailureKind::disk_full);
        EXPECT_LT(*database->free_bytes(), 64U * 1024);
        EXPECT_EQ(as_int(writer->query("select count(*) from notes", {})->row(0)[0]), kept);
        ASSERT_EQ(::mount("tmpfs", small.c_str(), "tmpfs", MS_REMOUNT, "size=4m"), 0);
        EXPECT_TRUE(writer->insert(notes, std::vector<Cell>{kept + 1, std::string_view(body)}));
    }
    EXPECT_EQ(::umount(small.c_str()), 0);
}

TEST_F(Sqlite, KeepsTheWriteAheadLogShortWhileItWrites) {
    auto database = open(SqliteOptions{.checkpoint_pages = 100});
    auto writer = std::move(*database->open_writer());
    fill(*writer, 10'000);
    EXPECT_LT(wal_size(), std::uintmax_t{2'000'000});
    EXPECT_GT(std::filesystem::file_size(path_), std::uintmax_t{9'000'000});
}

TEST_F(Sqlite, BringsEverythingIntoTheMainFileAtACheckpoint) {
    auto database = open();
    auto writer = std::move(*database->open_writer());
    fill(*writer, 100);
    EXPECT_GT(wal_size(), 0U);
    ASSERT_TRUE(database->checkpoint());
    EXPECT_EQ(wal_size(), 0U);
}

TEST_F(Sqlite, LeavesNoWriteAheadLogAfterACleanEnd) {
    {
        auto database = open();
        fill(**database->open_writer(), 10);
    }
    EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
}

TEST_F(Sqlite, InterruptsAReadersStatementThatRunsTooLong) {
    auto env = RealEnv::start(1);
    auto database = SqliteDatabase::open(*env, {.path = path_, .snapshot_max = Duration(5'000)});
    auto reader = std::move(*(*database)->open_reader());
    const auto endless = reader->query(
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n",
        {});
    ASSERT_FALSE(endless);
    EXPECT_EQ(endless.error().kind, FailureKind::timeout);
    EXPECT_TRUE(reader->query("select 1", {}));
}

TEST_F(Sqlite, KnowsTheRoomThatIsLeft) {
    auto free = open()->free_bytes();
    ASSERT_TRUE(free);
    EXPECT_GT(*free, 0U);
}

TEST_F(Sqlite, RefusesAVfsThatIsNotThere) {
    auto opened = SqliteDatabase::open(*env_, {.path = path_, .vfs = "absent"});
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("absent"), std::string::npos) << opened.error().message;
}

}  // namespace

std::unique_ptr<DatabaseUnderTest> sqlite_under_test(Env& env) {
    return std::make_unique<SqliteUnderTest>(env);
}

}  // namespace waybill::sql
