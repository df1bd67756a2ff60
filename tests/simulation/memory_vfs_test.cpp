#include "tests/simulation/memory_vfs.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>

#include "tests/simulation/memory_vfs_testing.hpp"

namespace waybill::simulation {
namespace {

using sql::FailureKind;

/// Each choice is the first: a loss of power drops whatever was not synced.
DiskOptions dropping() {
    return {.draw = [](std::uint64_t) { return std::uint64_t{0}; }, .now = {}};
}

std::unique_ptr<sql::SqliteDatabase> open_on(DiskUnderTest& disk, const DiskProcess& process) {
    auto opened = sql::SqliteDatabase::open(disk.env(), disk.options(process, 2000));
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
}

std::int64_t number(sql::Session& session, std::string_view text) {
    const auto rows = session.query(text, {});
    EXPECT_TRUE(rows) << rows.error().message;
    return rows && !rows->empty() ? sql::as_int(rows->row(0)[0]) : -1;
}

std::int64_t count_notes(sql::Session& session) {
    return number(session, "select count(*) from notes");
}

constexpr std::string_view notes_schema =
    "create table notes (id integer not null primary key, body text not null) strict";
constexpr std::string_view add_note = "insert into notes (body) values (?)";

sql::Status add(sql::Session& session, std::size_t bytes = 10) {
    const std::string body(bytes, 'x');
    auto done = session.execute(add_note, std::array<sql::Cell, 1>{std::string_view(body)});
    if (!done) return tl::unexpected(done.error());
    return {};
}

TEST(MemoryDisk, LosesAtAPowerCutWhatWasNotSyncedAndKeepsTheRest) {
    DiskUnderTest under_test(1, dropping());
    MemoryDisk& disk = under_test.disk();
    DiskProcess first(disk, "memory-1");
    auto database = open_on(under_test, first);
    auto writer = std::move(*database->open_writer());
    ASSERT_TRUE(writer->execute(notes_schema, {}));
    ASSERT_TRUE(add(*writer));
    under_test.on_call([](const DiskCall& call) {
        return call.operation == DiskOperation::sync ? DiskFault::kill : DiskFault::none;
    });
    EXPECT_FALSE(add(*writer));
    EXPECT_FALSE(first.alive());
    under_test.on_call({});
    disk.lose_power();
    EXPECT_GT(disk.counters().dropped, 0U);
    DiskProcess second(disk, "memory-2");
    auto again = open_on(under_test, second);
    EXPECT_EQ(count_notes(**again->open_reader()), 1);
}

TEST(MemoryDisk, KeepsWhatWasWrittenWhenOnlyTheProcessDies) {
    DiskUnderTest under_test(1, dropping());
    DiskProcess first(under_test.disk(), "memory-1");
    auto database = open_on(under_test, first);
    auto writer = std::move(*database->open_writer());
    ASSERT_TRUE(writer->execute(notes_schema, {}));
    under_test.on_call([](const DiskCall& call) {
        return call.operation == DiskOperation::sync ? DiskFault::kill : DiskFault::none;
    });
    EXPECT_FALSE(add(*writer));
    under_test.on_call({});
    DiskProcess second(under_test.disk(), "memory-2");
    auto again = open_on(under_test, second);
    EXPECT_EQ(count_notes(**again->open_reader()), 1);
    // It was seen, so it stays.
    under_test.disk().lose_power();
    DiskProcess third(under_test.disk(), "memory-3");
    auto last = open_on(under_test, third);
    EXPECT_EQ(count_notes(**last->open_reader()), 1);
}

TEST(MemoryDisk, NeverLosesWhatWasSeenAfterAFailedSync) {
    DiskUnderTest under_test(1, dropping());
    DiskProcess first(under_test.disk(), "memory-1");
    auto database = open_on(under_test, first);
    auto writer = std::move(*database->open_writer());
    ASSERT_TRUE(writer->execute(notes_schema, {}));
    for (const DiskFault fault : {DiskFault::error, DiskFault::full}) {
        under_test.on_call([fault](const DiskCall& call) {
            return call.operation == DiskOperation::sync ? fault : DiskFault::none;
        });
        EXPECT_EQ(add(*writer).error().kind, FailureKind::fatal);
    }
    under_test.on_call({});
    first.kill();
    DiskProcess second(under_test.disk(), "memory-2");
    auto again = open_on(under_test, second);
    auto next = std::move(*again->open_writer());
    const std::int64_t seen = count_notes(*next);
    EXPECT_EQ(seen, 1);
    ASSERT_TRUE(add(*next));
    under_test.disk().lose_power();
    DiskProcess third(under_test.disk(), "memory-3");
    auto last = open_on(under_test, third);
    EXPECT_EQ(count_notes(**last->open_reader()), seen + 1);
}

TEST(MemoryDisk, KeepsTheFileOfAProcessThatDiedWhenItsWriteAheadLogWasNew) {
    DiskUnderTest under_test(1, dropping());
    DiskProcess first(under_test.disk(), "memory-1");
    auto database = open_on(under_test, first);
    auto writer = std::move(*database->open_writer());
    under_test.on_call([](const DiskCall& call) {
        return call.operation == DiskOperation::sync ? DiskFault::kill : DiskFault::none;
    });
    EXPECT_FALSE(writer->execute(notes_schema, {}));
    under_test.on_call({});
    DiskProcess second(under_test.disk(), "memory-2");
    auto again = open_on(under_test, second);
    auto next = std::move(*again->open_writer());
    ASSERT_TRUE(next->execute("create table kept (id integer primary key) strict", {}));
    under_test.disk().lose_power();
    DiskProcess third(under_test.disk(), "memory-3");
    auto last = open_on(under_test, third);
    EXPECT_EQ(number(**last->open_reader(), "select count(*) from kept"), 0);
}

TEST(MemoryDisk, LetsReadersSeeTheLastCommitWhileAWriterWrites) {
    DiskUnderTest under_test(1);
    DiskProcess process(under_test.disk(), "memory-1");
    DiskProcess beside(under_test.disk(), "memory-2");
    auto database = open_on(under_test, process);
    auto other = open_on(under_test, beside);
    auto writer = std::move(*database->open_writer());
    auto reader = std::move(*other->open_reader());
    auto second = std::move(*other->open_writer());
    ASSERT_TRUE(writer->execute(notes_schema, {}));
    ASSERT_TRUE(writer->begin());
    ASSERT_TRUE(add(*writer));
    EXPECT_EQ(count_notes(*reader), 0);
    EXPECT_EQ(second->begin().error().kind, FailureKind::transient);
    ASSERT_TRUE(writer->commit());
    EXPECT_EQ(count_notes(*reader), 1);
    EXPECT_TRUE(second->begin());
}

TEST(MemoryDisk, ReleasesTheLocksOfAProcessThatDiesAndLetsItChangeNothingMore) {
    DiskUnderTest under_test(1);
    DiskProcess process(under_test.disk(), "memory-1");
    DiskProcess beside(under_test.disk(), "memory-2");
    auto database = open_on(under_test, process);
    auto other = open_on(under_test, beside);
    auto writer = std::move(*database->open_writer());
    auto second = std::move(*other->open_writer());
    ASSERT_TRUE(writer->execute(notes_schema, {}));
    ASSERT_TRUE(writer->begin());
    ASSERT_TRUE(add(*writer));
    process.kill();
    const std::uint64_t before = under_test.disk().hash();
    EXPECT_FALSE(writer->commit());
    writer.reset();
    database.reset();
    EXPECT_EQ(under_test.disk().hash(), before);
    ASSERT_TRUE(second->begin());
    EXPECT_EQ(count_notes(*second), 0);
}

TEST(MemoryDisk, IsFullAtItsCapacityAndGoesOnWhenThereIsRoomAgain) {
    DiskUnderTest under_test(1);
    DiskProcess process(under_test.disk(), "memory-1");
    auto database = open_on(under_test, process);
    auto writer = std::move(*database->open_writer());
    ASSERT_TRUE(writer->execute(notes_schema, {}));
    under_test.disk().set_capacity(600'000);
    std::int64_t kept = 0;
    sql::Status done = add(*writer, 5000);
    for (; done && kept < 1000; ++kept) done = add(*writer, 5000);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, FailureKind::disk_full);
    EXPECT_LT(*database->free_bytes(), 20'000U);
    EXPECT_EQ(count_notes(*writer), kept);
    under_test.disk().set_capacity(10'000'000);
    EXPECT_TRUE(add(*writer, 5000));
    EXPECT_EQ(count_notes(*writer), kept + 1);
}

TEST(MemoryDisk, ShowsDamage) {
    DiskUnderTest under_test(1);
    DiskProcess process(under_test.disk(), "memory-1");
    {
        auto database = open_on(under_test, process);
        auto writer = std::move(*database->open_writer());
        ASSERT_TRUE(writer->execute(notes_schema, {}));
        for (int i = 0; i < 20; ++i) ASSERT_TRUE(add(*writer, 5000));
    }
    under_test.disk().damage("data/orders.db", 0, "no database");
    const auto opened = sql::SqliteDatabase::open(under_test.env(), under_test.options(process));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, FailureKind::fatal);
}

TEST(MemoryDisk, GivesSqliteTheTimeAndTheChanceOfTheSimulation) {
    const auto look = [] {
        DiskUnderTest under_test(9);
        DiskProcess process(under_test.disk(), "memory-1");
        auto database = open_on(under_test, process);
        auto reader = std::move(*database->open_reader());
        EXPECT_EQ(number(*reader, "select unixepoch()"), 1'790'000'000);
        return number(*reader, "select random()");
    };
    EXPECT_EQ(look(), look());
}

}  // namespace
}  // namespace waybill::simulation
