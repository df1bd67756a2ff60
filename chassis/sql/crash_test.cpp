#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/sqlite.hpp"
#include "chassis/sql/temporary_folder.hpp"

namespace waybill::sql {
namespace {

constexpr std::int64_t rows_a_batch = 20;
constexpr std::array entry_columns{Column{"batch", ColumnType::integer},
                                   Column{"line", ColumnType::integer},
                                   Column{"body", ColumnType::text}};
constexpr TableDef entries{"entries", entry_columns, 2};
constexpr std::array batch_columns{Column{"batch", ColumnType::integer},
                                   Column{"rows", ColumnType::integer}};
constexpr TableDef batches{"batches", batch_columns, 1};

bool commit_batch(Session& session, std::int64_t batch) {
    const std::string body(300, 'x');
    std::vector<Cell> cells;
    for (std::int64_t line = 0; line < rows_a_batch; ++line)
        cells.insert(cells.end(), {batch, line, std::string_view(body)});
    return session.begin() && session.insert(entries, cells) &&
           session.insert(batches, std::vector<Cell>{batch, rows_a_batch}) && session.commit();
}

/// The child: commits batch after batch and says each number once it is durable.
[[noreturn]] void write_until_killed(const std::string& path, int pipe) {
    auto env = VirtualEnv::create(1, Timestamp{0});
    auto database = SqliteDatabase::open(*env, {.path = path, .checkpoint_pages = 50});
    if (!database) ::_exit(2);
    auto session = (*database)->open_writer();
    if (!session) ::_exit(3);
    auto last = (*session)->query("select coalesce(max(batch), 0) from batches", {});
    for (std::int64_t batch = as_int(last->row(0)[0]) + 1;; ++batch) {
        if (!commit_batch(**session, batch)) ::_exit(4);
        if (::write(pipe, &batch, sizeof batch) != sizeof batch) ::_exit(5);
    }
}

/// Kills the child after so many more batches; returns the last one it said, at the kill.
std::int64_t run_and_kill(const std::string& path, int count) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) write_until_killed(path, ends[1]);
    ::close(ends[1]);
    std::int64_t said = 0;
    std::int64_t batch = 0;
    for (int heard = 0; ::read(ends[0], &batch, sizeof batch) == sizeof batch;) {
        said = batch;
        if (++heard == count) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    return said;
}

TEST(Crash, LeavesExactlyTheCommittedBatchesEachWhole) {
    TemporaryFolder folder;
    const std::string path = folder.file("crash.db");
    auto env = VirtualEnv::create(1, Timestamp{0});
    {
        auto database = std::move(*SqliteDatabase::open(*env, {.path = path}));
        auto session = std::move(*database->open_writer());
        ASSERT_TRUE(
            session->execute("create table entries (batch integer, line integer, body "
                             "text, primary key (batch, line)) without rowid",
                             {}));
        ASSERT_TRUE(
            session->execute("create table batches (batch integer primary key, rows integer)", {}));
    }
    for (const int count : {1, 7, 40, 23, 60}) {
        const std::int64_t said = run_and_kill(path, count);
        auto database = SqliteDatabase::open(*env, {.path = path});
        ASSERT_TRUE(database) << database.error().message;
        auto session = std::move(*(*database)->open_writer());
        const auto kept = as_int(session->query("select max(batch) from batches", {})->row(0)[0]);
        EXPECT_TRUE(kept == said || kept == said + 1) << "said " << said << ", kept " << kept;
        const auto facts = session->query(
            "select (select count(*) from batches), (select count(*) from entries)", {});
        EXPECT_EQ(as_int(facts->row(0)[0]), kept);
        EXPECT_EQ(as_int(facts->row(0)[1]), kept * rows_a_batch);
    }
}

}  // namespace
}  // namespace waybill::sql
