#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <utility>

#include "tests/simulation/memory_vfs_testing.hpp"

namespace waybill::simulation {
namespace {

constexpr std::array history_columns{sql::Column{"id", sql::ColumnType::integer},
                                     sql::Column{"body", sql::ColumnType::text}};
constexpr sql::TableDef history_table{"notes", history_columns, 1};
constexpr std::uint64_t small_capacity = 250'000;

/// What a history may meet besides deaths of the process and losses of power.
struct HistoryOptions {
    int incarnations = 6;
    bool syncs_fail = false;
    bool small_disk = false;
    bool sync_lies = false;
};

/// Random transactions on a database of the product's driver whose process dies again and again at
/// any call, with or without a loss of power. After each death the database must be whole and hold
/// exactly what was committed, the transaction in flight either entirely or not at all; and what
/// was once found after a death must stay.
class DiskHistory {
 public:
    DiskHistory(std::uint64_t seed, HistoryOptions options)
        : options_(options), draw_(draws_of(seed + 1)), under_test_(seed, disk_options(options)) {
        under_test_.on_call([this](const DiskCall& call) { return next_fault(call); });
    }
    /// What was wrong first; nothing when all was well.
    std::optional<std::string> run();
    MemoryDisk& disk() { return under_test_.disk(); }

    int commits = 0;
    int refused_for_room = 0;
    int found_in_flight = 0;  ///< transactions in flight that were found whole after a death

 private:
    using Content = std::map<std::int64_t, std::string>;

    static DiskOptions disk_options(const HistoryOptions& options) {
        DiskOptions made{.draw = {}, .now = {}};
        made.sync_lies = options.sync_lies;
        if (options.small_disk) made.capacity = small_capacity;
        return made;
    }
    DiskFault next_fault(const DiskCall& call);
    std::optional<std::string> live(const DiskProcess& process);
    std::optional<std::string> check(sql::Session& session);
    std::optional<std::string> compare(sql::Session& session);
    bool transact(sql::Session& session);
    sql::Status change(sql::Session& session, Content& content);
    sql::Status change_one(sql::Session& session, Content& content);

    HistoryOptions options_;
    Draw draw_;
    DiskUnderTest under_test_;
    std::uint64_t calls_left_ = 0;  ///< until the process dies
    Content committed_;
    std::optional<Content> in_flight_;
};

DiskFault DiskHistory::next_fault(const DiskCall& call) {
    if (calls_left_-- == 0) return DiskFault::kill;
    if (options_.syncs_fail && call.operation == DiskOperation::sync && draw_(20) == 0)
        return DiskFault::error;
    return DiskFault::none;
}

std::optional<std::string> DiskHistory::run() {
    for (int i = 0; i < options_.incarnations; ++i) {
        DiskProcess process(disk(), fmt::format("history-{}", i));
        calls_left_ = 1 + draw_(i == 0 ? 1500 : 600);
        if (auto wrong = live(process)) return fmt::format("incarnation {}: {}", i, *wrong);
        process.kill();
        if (draw_(2) == 1) disk().lose_power();
        if (options_.small_disk) disk().set_capacity(small_capacity * (2 + draw_(4)) / 3);
    }
    return std::nullopt;
}

/// One life of the process, up to its death.
std::optional<std::string> DiskHistory::live(const DiskProcess& process) {
    const auto unless_dead = [&](std::string wrong) -> std::optional<std::string> {
        if (!process.alive()) return std::nullopt;
        return wrong;
    };
    auto database = sql::SqliteDatabase::open(under_test_.env(), under_test_.options(process));
    if (!database && (options_.syncs_fail || options_.small_disk)) return std::nullopt;
    if (!database) return unless_dead("does not open: " + database.error().message);
    auto writer = (*database)->open_writer();
    auto reader = (*database)->open_reader();
    if (!writer || !reader) return unless_dead("no session");
    const auto made = (*writer)->execute(
        "create table if not exists notes (id integer not null primary key, "
        "body text not null) strict",
        {});
    if (!made) return std::nullopt;
    if (auto wrong = check(**writer)) return unless_dead(*wrong);
    while (transact(**writer)) {
        if (draw_(8) == 0) (void)(*database)->checkpoint();
        if (draw_(4) != 0) continue;
        if (auto wrong = compare(**reader)) return unless_dead(*wrong);
    }
    return std::nullopt;
}

/// After a death: whole, and nothing lost, halved or made up.
std::optional<std::string> DiskHistory::check(sql::Session& session) {
    const auto verdict = session.query("pragma integrity_check", {});
    if (!verdict) return "integrity_check: " + verdict.error().message;
    if (std::string found(sql::as_text(verdict->row(0)[0])); found != "ok") return found;
    if (!in_flight_) return compare(session);
    std::swap(committed_, *in_flight_);
    if (!compare(session)) {
        ++found_in_flight;
        in_flight_.reset();
        return std::nullopt;
    }
    std::swap(committed_, *in_flight_);
    const auto wrong = compare(session);
    // Dead meanwhile: the next life has to look again.
    if (!wrong) in_flight_.reset();
    return wrong;
}

std::optional<std::string> DiskHistory::compare(sql::Session& session) {
    const auto rows = session.query("select id, body from notes order by id", {});
    if (!rows) return "select: " + rows.error().message;
    Content found;
    for (std::size_t i = 0; i < rows->size(); ++i)
        found.emplace(sql::as_int(rows->row(i)[0]), sql::as_text(rows->row(i)[1]));
    if (found == committed_) return std::nullopt;
    return fmt::format("{} rows are there and {} were committed, or their texts differ",
                       found.size(), committed_.size());
}

/// False: the process has to end.
bool DiskHistory::transact(sql::Session& session) {
    Content content = committed_;
    sql::Status done = session.begin();
    if (done) done = change(session, content);
    if (done && draw_(10) == 0) {
        session.rollback();
        return true;
    }
    if (done) {
        in_flight_ = std::move(content);
        done = session.commit();
    }
    if (done) {
        ++commits;
        committed_ = std::move(*in_flight_);
        in_flight_.reset();
        return true;
    }
    session.rollback();
    if (done.error().kind != sql::FailureKind::disk_full) return false;
    ++refused_for_room;
    in_flight_.reset();
    // A full disk stays full: somebody makes room now and then.
    if (draw_(4) == 0) disk().set_capacity(small_capacity * (3 + draw_(4)) / 3);
    return true;
}

sql::Status DiskHistory::change(sql::Session& session, Content& content) {
    for (std::uint64_t left = 1 + draw_(6); left > 0; --left)
        if (auto done = change_one(session, content); !done) return done;
    return {};
}

sql::Status DiskHistory::change_one(sql::Session& session, Content& content) {
    const auto id = static_cast<std::int64_t>(draw_(60));
    const std::string body(draw_(8) == 0 ? draw_(30'000) : draw_(400),
                           static_cast<char>('a' + draw_(26)));
    const std::array<sql::Cell, 2> row{id, std::string_view(body)};
    const bool known = content.contains(id);
    if (known && draw_(3) == 0) {
        content.erase(id);
        return session.remove(history_table, std::span(row).first(1));
    }
    content[id] = body;
    return known ? session.update(history_table, row) : session.insert(history_table, row);
}

TEST(DiskHistory, LosesAndInventsNothingWhereverTheProcessDies) {
    DiskCounters total;
    int commits = 0;
    int found_in_flight = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        DiskHistory history(seed, {});
        const auto wrong = history.run();
        ASSERT_FALSE(wrong) << "seed " << seed << ", " << *wrong;
        commits += history.commits;
        found_in_flight += history.found_in_flight;
        const DiskCounters& counters = history.disk().counters();
        total.torn += counters.torn;
        total.dropped += counters.dropped;
        total.kept += counters.kept;
    }
    // The rare was met, not only the ordinary.
    EXPECT_GT(commits, 500);
    EXPECT_GT(found_in_flight, 0);
    EXPECT_GT(total.torn, 100U);
    EXPECT_GT(total.dropped, 100U);
    EXPECT_GT(total.kept, 100U);
}

TEST(DiskHistory, CatchesADiskThatLiesAboutSyncs) {
    int caught = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        caught += DiskHistory(seed, {.sync_lies = true}).run() ? 1 : 0;
    EXPECT_GE(caught, 15);
}

TEST(DiskHistory, LosesNothingWhenSyncsFail) {
    std::uint64_t errors = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        DiskHistory history(seed, {.syncs_fail = true});
        const auto wrong = history.run();
        ASSERT_FALSE(wrong) << "seed " << seed << ", " << *wrong;
        errors += history.disk().counters().errors;
    }
    EXPECT_GT(errors, 50U);
}

TEST(DiskHistory, LosesNothingOnADiskThatIsFullNowAndThen) {
    int refused = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        DiskHistory history(seed, {.small_disk = true});
        const auto wrong = history.run();
        ASSERT_FALSE(wrong) << "seed " << seed << ", " << *wrong;
        refused += history.refused_for_room;
    }
    EXPECT_GT(refused, 50);
}

RC_GTEST_PROP(DiskHistory, RepeatsItselfFromItsSeed, (std::uint32_t seed)) {
    const auto run = [&] {
        DiskHistory history(seed, {.incarnations = 3, .syncs_fail = true});
        const auto wrong = history.run();
        return std::tuple(wrong.has_value(), history.commits, history.disk().hash());
    };
    RC_ASSERT(run() == run());
}

}  // namespace
}  // namespace waybill::simulation
