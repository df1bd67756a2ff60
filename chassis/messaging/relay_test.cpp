#include "chassis/messaging/relay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <utility>

#include "chassis/messaging/tables.hpp"
#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/migrations.hpp"
#include "chassis/sql/passing_testing.hpp"
#include "chassis/sql/sqlite.hpp"

namespace waybill::messaging {
namespace {

/// Notes what it gets; takes it at once, or when told.
class Sink final : public Destination {
 public:
    explicit Sink(std::string wanted) : wanted_(std::move(wanted)) {}
    std::string_view name() const override { return "sink"; }
    bool wants(std::string_view type) const override { return type == wanted_; }
    void deliver(std::vector<OutboxEntry> batch, std::size_t destination,
                 Acknowledgements& acks) override {
        for (const auto& entry : batch) {
            got.push_back(entry.id);
            if (takes)
                acks.taken(destination, std::span(&entry.id, 1));
            else
                held.emplace_back(destination, entry.id);
        }
    }
    void take_all(Acknowledgements& acks) {
        for (const auto& [destination, id] : held) acks.taken(destination, std::span(&id, 1));
        held.clear();
    }
    std::vector<std::int64_t> got;
    std::vector<std::pair<std::size_t, std::int64_t>> held;
    bool takes = true;

 private:
    std::string wanted_;
};

/// A database whose readers let something happen right before or right after they read.
class Interrupted final : public sql::testing::PassingDatabase {
 public:
    using PassingDatabase::PassingDatabase;
    sql::Result<std::unique_ptr<sql::Session>> open_reader() override {
        auto session = real().open_reader();
        if (!session) return session;
        return std::make_unique<Reader>(*this, std::move(*session));
    }

    std::function<void()> before_read;  ///< once
    std::function<void()> after_read;   ///< once

 private:
    class Reader final : public sql::testing::PassingSession {
     public:
        Reader(Interrupted& owner, std::unique_ptr<sql::Session> real)
            : PassingSession(std::move(real)), owner_(owner) {}
        sql::Result<sql::Rows> query(std::string_view sql,
                                     std::span<const sql::Cell> parameters) override {
            if (const auto act = std::exchange(owner_.before_read, nullptr)) act();
            auto rows = real().query(sql, parameters);
            if (const auto act = std::exchange(owner_.after_read, nullptr)) act();
            return rows;
        }

     private:
        Interrupted& owner_;
    };
};

class RelayTest : public ::testing::Test {
 protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("relay-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
        std::filesystem::create_directories(folder_);
        auto opened = sql::SqliteDatabase::open(*env_, {.path = folder_ / "events.db"});
        ASSERT_TRUE(opened) << opened.error().message;
        database_ = std::move(*opened);
        auto session = database_->open_writer();
        ASSERT_TRUE(session);
        session_ = std::move(*session);
        interrupted_ = std::make_unique<Interrupted>(*database_);
        const std::array migrations{sql::Migration{1, "messaging", messaging_schema()}};
        ASSERT_TRUE(sql::migrate(*session_, *env_, migrations));
    }
    void TearDown() override {
        relay_.reset();
        session_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }
    Relay& make(Relay::Options options = {}) {
        relay_ = std::make_unique<Relay>(
            *env_, *interrupted_, telemetry::nowhere(),
            [this](const std::vector<std::int64_t>& ids) {
                removed_.insert(removed_.end(), ids.begin(), ids.end());
            },
            options);
        return *relay_;
    }
    /// Commits `count` events of `type`, as the writer would.
    std::vector<OutboxEntry> commit(std::string_view type, int count) {
        std::vector<OutboxEntry> entries;
        std::vector<sql::Cell> events;
        std::vector<sql::Cell> outbox;
        for (int i = 0; i < count; ++i) {
            auto message = std::make_shared<Message>();
            message->meta.event_id = Uuid::v7(env_->now(), static_cast<std::uint64_t>(next_id_));
            message->meta.type = type;
            message->meta.aggregate_type = "thing";
            message->meta.aggregate_id = message->meta.event_id;
            message->meta.aggregate_version = 1;
            message->meta.occurred_at = env_->now();
            message->data = "{}";
            entries.push_back({next_id_++, message});
        }
        for (const auto& entry : entries) {
            append_event_row(events, entry.id, *entry.message);
            append_outbox_row(outbox, entry.id, *entry.message);
        }
        EXPECT_TRUE(session_->begin());
        EXPECT_TRUE(session_->insert(events_table, events));
        EXPECT_TRUE(session_->insert(outbox_table, outbox));
        EXPECT_TRUE(session_->commit());
        return entries;
    }
    void run() { env_->run_for(std::chrono::seconds(2)); }

    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{1'700'000'000'000'000});
    std::filesystem::path folder_;
    std::unique_ptr<sql::SqliteDatabase> database_;
    std::unique_ptr<Interrupted> interrupted_;
    std::unique_ptr<sql::Session> session_;
    std::unique_ptr<Relay> relay_;
    std::vector<std::int64_t> removed_;
    std::int64_t next_id_ = 1;
};

TEST_F(RelayTest, KeepsARowUntilEveryDestinationHasTakenIt) {
    Sink fast("A");
    Sink slow("A");
    slow.takes = false;
    Relay& relay = make();
    relay.add(fast);
    relay.add(slow);
    relay.prepare(0);
    relay.start();
    run();
    EXPECT_TRUE(relay.idle());
    relay.committed(commit("A", 2));
    EXPECT_FALSE(relay.idle()) << "what nobody has looked at yet is on its way too";
    run();
    EXPECT_TRUE(removed_.empty());
    EXPECT_EQ(relay.pending(), 2U);
    EXPECT_FALSE(relay.idle());
    slow.take_all(relay);
    run();
    EXPECT_EQ(removed_, (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(relay.pending(), 0U);
    EXPECT_TRUE(relay.idle());
}

TEST_F(RelayTest, CarriesARowOnceThatItReadBeforeItHeardOfItsCommit) {
    Sink sink("A");
    commit("A", 2);
    Relay& relay = make();
    relay.add(sink);
    std::vector<OutboxEntry> late;
    interrupted_->before_read = [&] { late = commit("A", 1); };
    relay.prepare(2);
    relay.start();
    run();
    relay.committed(late);
    relay.committed(commit("A", 1));
    run();
    EXPECT_EQ(sink.got, (std::vector<std::int64_t>{1, 2, 3, 4}));
    EXPECT_EQ(removed_, (std::vector<std::int64_t>{1, 2, 3, 4}));
}

TEST_F(RelayTest, CarriesARowThatIsCommittedWhileItLooksAtWhatItHasRead) {
    Sink sink("A");
    commit("A", 2);
    Relay& relay = make();
    relay.add(sink);
    interrupted_->after_read = [&] { relay.committed(commit("A", 1)); };
    relay.prepare(2);
    relay.start();
    run();
    EXPECT_EQ(sink.got, (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(RelayTest, CarriesWhatAnEarlierRunLeftBeforeWhatIsCommittedUntilItStarts) {
    Sink sink("A");
    commit("A", 2);
    Relay& relay = make();
    relay.prepare(2);
    relay.add(sink);
    // Another service's relay was faster: its message has been taken here already.
    relay.committed(commit("A", 1));
    relay.start();
    run();
    relay.committed(commit("A", 1));
    run();
    EXPECT_EQ(sink.got, (std::vector<std::int64_t>{1, 2, 3, 4}));
}

TEST_F(RelayTest, KeepsRowsOfAbsentSubscribersAndDoesNotCountThemAsWaiting) {
    Sink sink("A");
    Relay& relay = make();
    relay.add(sink);
    relay.add_absent("audit", {"A", "B"});
    relay.prepare(0);
    relay.start();
    relay.committed(commit("A", 1));
    relay.committed(commit("B", 1));
    run();
    EXPECT_EQ(sink.got, (std::vector<std::int64_t>{1}));
    EXPECT_TRUE(removed_.empty());
    EXPECT_EQ(relay.pending(), 0U);
}

TEST_F(RelayTest, RemovesAtOnceWhatNobodySubscribesTo) {
    Relay& relay = make();
    relay.prepare(0);
    relay.start();
    relay.committed(commit("A", 3));
    run();
    EXPECT_EQ(removed_.size(), 3U);
}

TEST_F(RelayTest, DeliversWhatAnEarlierRunLeftInOrder) {
    commit("A", 2'500);
    Sink sink("A");
    Relay& relay = make({.window = 100, .memory_max = 1'500, .read_rows = 400});
    relay.add(sink);
    relay.prepare(2'500);
    relay.start();
    run();
    ASSERT_EQ(sink.got.size(), 2'500U);
    EXPECT_TRUE(std::is_sorted(sink.got.begin(), sink.got.end()));
    EXPECT_EQ(removed_.size(), 2'500U);
}

TEST_F(RelayTest, LeavesToSqlWhatDoesNotFitIntoItsMemoryAndLosesNothing) {
    Sink sink("A");
    sink.takes = false;
    Relay& relay = make({.window = 10, .memory_max = 100, .read_rows = 40});
    relay.add(sink);
    relay.prepare(0);
    relay.start();
    for (int i = 0; i < 50; ++i) relay.committed(commit("A", 10));
    run();
    EXPECT_LE(sink.got.size(), 10U) << "the window bounds what is under way";
    EXPECT_LE(relay.pending(), 100U);
    sink.takes = true;
    sink.take_all(relay);
    run();
    ASSERT_EQ(sink.got.size(), 500U);
    EXPECT_TRUE(std::is_sorted(sink.got.begin(), sink.got.end()));
    EXPECT_EQ(removed_.size(), 500U);
    relay.committed(commit("A", 1));
    run();
    EXPECT_EQ(sink.got.size(), 501U) << "afterwards it works from memory again";
}

TEST_F(RelayTest, ASlowDestinationHoldsBackOnlyItself) {
    Sink stuck("A");
    Sink free("A");
    stuck.takes = false;
    Relay& relay = make({.window = 5, .memory_max = 1'000, .read_rows = 100});
    relay.add(stuck);
    relay.add(free);
    relay.prepare(0);
    relay.start();
    relay.committed(commit("A", 50));
    run();
    EXPECT_EQ(stuck.got.size(), 5U);
    EXPECT_EQ(free.got.size(), 50U);
    EXPECT_GT(relay.oldest_age(), Duration::zero());
}

}  // namespace
}  // namespace waybill::messaging
