#include "chassis/sql/sqlite_joined_writes.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "chassis/sql/temporary_folder.hpp"

namespace waybill::sql {
namespace {

/// Counts the writes to logs and can be told to refuse them; everything else is the system's.
struct CountingVfs {
    sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
    sqlite3_io_methods methods{};
    const sqlite3_io_methods* system = nullptr;
    int writes = 0;
    bool full = false;
    static inline CountingVfs* only = nullptr;

    CountingVfs() {
        only = this;
        vfs.zName = "counting";
        vfs.xOpen = [](sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out) {
            sqlite3_vfs* base = sqlite3_vfs_find(nullptr);
            const int code = base->xOpen(base, path, file, flags, out);
            if ((flags & SQLITE_OPEN_WAL) == 0 || file->pMethods == nullptr) return code;
            only->system = file->pMethods;
            only->methods = *file->pMethods;
            only->methods.xWrite = [](sqlite3_file* log, const void* bytes, int count,
                                      sqlite3_int64 at) {
                ++only->writes;
                return only->full ? SQLITE_FULL : only->system->xWrite(log, bytes, count, at);
            };
            file->pMethods = &only->methods;
            return code;
        };
        sqlite3_vfs_register(&vfs, 0);
    }
    ~CountingVfs() { sqlite3_vfs_unregister(&vfs); }
};

class JoinedWritesTest : public ::testing::Test {
 protected:
    ~JoinedWritesTest() override { sqlite3_close(raw_); }
    void open(const std::string& vfs, const std::string& file) {
        path_ = folder_.file(file);
        ASSERT_EQ(sqlite3_open_v2(path_.c_str(), &raw_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                  vfs.c_str()),
                  SQLITE_OK);
        run("pragma page_size = 8192");
        run("pragma journal_mode = wal");
        run("pragma synchronous = full");
        run("pragma wal_autocheckpoint = 0");
        run("create table notes (id integer primary key, body text not null) strict");
    }
    void run(const std::string& text, int expected = SQLITE_OK) {
        EXPECT_EQ(sqlite3_exec(raw_, text.c_str(), nullptr, nullptr, nullptr), expected)
            << text << ": " << sqlite3_errmsg(raw_);
    }
    void insert(int from, int count) {
        run(
            fmt::format("with recursive n(i) as (values({}) union all select i + 1 from n where "
                        "i < {}) insert into notes select i, printf('%01000d', i) from n",
                        from, from + count - 1));
    }
    std::string log_bytes() const {
        std::ifstream file(path_ + "-wal", std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::string ask(const std::string& text) {
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(raw_, text.c_str(), -1, &statement, nullptr), SQLITE_OK);
        std::string answer = "no row";
        if (sqlite3_step(statement) == SQLITE_ROW)
            answer = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
        sqlite3_finalize(statement);
        return answer;
    }

    TemporaryFolder folder_;
    CountingVfs counting_;
    std::string path_;
    sqlite3* raw_ = nullptr;
};

TEST_F(JoinedWritesTest, AnUnknownVfsIsRefusedByOpening) {
    const JoinedWrites joined("no-such-vfs");
    EXPECT_EQ(sqlite3_open_v2(folder_.file("a").c_str(), &raw_, SQLITE_OPEN_READWRITE,
                              joined.name().c_str()),
              SQLITE_ERROR);
}

TEST_F(JoinedWritesTest, ABatchIsWrittenInFewCallsAndEqualByteByByte) {
    open("counting", "apart");
    counting_.writes = 0;
    insert(1, 400);
    const int apart = counting_.writes;
    std::string expected = log_bytes();
    ASSERT_EQ(sqlite3_close(raw_), SQLITE_OK);

    const JoinedWrites joined("counting");
    open(joined.name(), "joined");
    counting_.writes = 0;
    insert(1, 400);
    EXPECT_GE(apart, 100);
    EXPECT_LE(counting_.writes, 5);
    std::string written = log_bytes();
    // The salt (bytes 16..23 of the header) is random, and with it each frame's salt and sums.
    ASSERT_EQ(written.size(), expected.size());
    constexpr std::size_t header = 32;
    constexpr std::size_t frame = 24 + 8192;
    for (std::string* log : {&written, &expected}) {
        log->replace(12, header - 12, header - 12, '\0');
        for (std::size_t at = header; at < log->size(); at += frame)
            log->replace(at + 8, 16, 16, '\0');
    }
    EXPECT_EQ(written, expected);
    ASSERT_EQ(sqlite3_close(raw_), SQLITE_OK);
    raw_ = nullptr;
}

TEST_F(JoinedWritesTest, AnotherConnectionSeesEachCommitAtOnce) {
    const JoinedWrites joined("counting");
    open(joined.name(), "shared");
    sqlite3* writer = raw_;
    ASSERT_EQ(sqlite3_open_v2(path_.c_str(), &raw_, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
    sqlite3* reader = raw_;
    for (int i = 1; i <= 50; ++i) {
        raw_ = writer;
        insert(i, 1);
        raw_ = reader;
        EXPECT_EQ(ask("select count(*) from notes"), fmt::format("{}", i));
    }
    EXPECT_EQ(ask("pragma integrity_check"), "ok");
    sqlite3_close(reader);
    raw_ = nullptr;
    sqlite3_close(writer);
}

TEST_F(JoinedWritesTest, ATransactionLargerThanTheCacheReadsItsOwnPages) {
    const JoinedWrites joined("counting");
    open(joined.name(), "large");
    run("pragma cache_size = 10");
    run("begin");
    insert(1, 2'000);
    EXPECT_EQ(ask("select sum(length(body)) from notes"), "2000000");
    run("update notes set body = body || 'x'");
    EXPECT_EQ(ask("select sum(length(body)) from notes"), "2002000");
    run("commit");
    EXPECT_EQ(ask("pragma integrity_check"), "ok");
    sqlite3_close(raw_);
    raw_ = nullptr;
}

TEST_F(JoinedWritesTest, OnAFullDiskTheTransactionFailsAndTheNextOneSucceeds) {
    const JoinedWrites joined("counting");
    open(joined.name(), "full");
    insert(1, 100);
    counting_.full = true;
    run("begin");
    insert(101, 300);
    EXPECT_EQ(sqlite3_exec(raw_, "commit", nullptr, nullptr, nullptr), SQLITE_FULL);
    if (sqlite3_get_autocommit(raw_) == 0) run("rollback");
    EXPECT_EQ(ask("select count(*) from notes"), "100");
    counting_.full = false;
    insert(101, 50);
    EXPECT_EQ(ask("select count(*) from notes"), "150");
    run("pragma wal_checkpoint(truncate)");
    EXPECT_EQ(ask("pragma integrity_check"), "ok");
    sqlite3_close(raw_);
    raw_ = nullptr;
}

}  // namespace
}  // namespace waybill::sql
