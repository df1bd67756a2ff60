#pragma once
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "chassis/messaging/tables.hpp"
#include "chassis/service/counters_testing.hpp"
#include "chassis/service/faulty_testing.hpp"

/// A writer around the counters' domain, in virtual time, for the tests of the frame.
namespace waybill::service::testing {

using Domain = CountersDomain;
using Reply = std::optional<Result<Answer<Domain>>>;

inline Task<void> ask(Writer<Domain>& writer, Domain::Command command, Lane lane,
                      std::optional<IdempotencyKey> key, Deadline deadline, Reply& reply) {
    Cause cause;
    cause.actor = {"alice", "test"};
    reply.emplace(co_await writer.submit(command, lane, cause, std::move(key), deadline));
}

inline IdempotencyKey key(std::string text, std::string hash = "same") {
    return {"alice", std::move(text), 0, std::move(hash), 201};
}

class WriterTest : public ::testing::Test {
 protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("writer-" +
                   Uuid::v7(Timestamp{1}, reinterpret_cast<std::uintptr_t>(this)).to_string());
        std::filesystem::create_directories(folder_);
        auto opened = sql::SqliteDatabase::open(*env_, {.path = folder_ / "counters.db"});
        ASSERT_TRUE(opened) << opened.error().message;
        database_ = std::move(*opened);
        faulty_ = std::make_unique<FaultyDatabase>(*database_, plan_);
        const std::string schema = frame_schema() +
                                   "create table counters (id blob primary key not null, "
                                   "value integer not null check (value < 1000000), "
                                   "version integer not null) without rowid;";
        const std::array migrations{sql::Migration{1, "frame", schema}};
        auto session = database_->open_writer();
        ASSERT_TRUE(sql::migrate(**session, *env_, migrations));
        session->reset();
        start();
    }
    void TearDown() override {
        stop();
        faulty_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }
    void start() {
        domain_ = std::make_unique<DomainOf<Domain>>();
        TakingRules rules{"counters",
                          "counters",
                          true,
                          false,
                          {std::chrono::seconds(5), std::chrono::seconds(30)}};
        core_ = std::make_unique<WriterCore>(
            *env_, *faulty_, *domain_, telemetry::nowhere(), rules, options_,
            WriterCore::Hooks{[this](const auto& entries) {
                                  published_.insert(published_.end(), entries.begin(),
                                                    entries.end());
                                  if (relay_) relay_->committed(entries);
                              },
                              [this] {
                                  if (clock_) clock_->wake();
                              },
                              [this](const sql::Failure&) { fatal_ = true; }});
        writer_ = std::make_unique<Writer<Domain>>(*env_, *core_, EventObserver<Domain>());
        consumer_ = std::make_unique<Consumer<Domain>>(
            *env_, *writer_, *core_, telemetry::nowhere(), "counters",
            std::vector<std::string>{"Added", "Odd"}, command_of);
        clock_ = std::make_unique<Clockwork>(
            *env_, *faulty_, telemetry::nowhere(),
            [this](const Uuid& id, auto done) {
                return writer_
                    ->tell(PassDeadline{id}, {}, std::nullopt,
                           [done](const Completion&) { done(); })
                    .has_value();
            },
            consumer_.get(), Clockwork::Options{});
        auto started = core_->start();
        ASSERT_TRUE(started) << started.error().message;
        last_id_ = *started;
        clock_->start();
    }
    void stop() {
        if (clock_) clock_->stop();
        if (relay_) relay_->stop();
        if (core_) core_->stop();
        relay_.reset();
        clock_.reset();
        consumer_.reset();
        writer_.reset();
        core_.reset();
    }
    Reply& submit(Domain::Command command, std::optional<IdempotencyKey> k = {},
                  Lane lane = Lane::create) {
        replies_.push_back(std::make_unique<Reply>());
        Reply& reply = *replies_.back();
        scope_.spawn(ask(*writer_, command, lane, std::move(k),
                         Deadline::after(env_->monotonic(), std::chrono::seconds(5)), reply));
        return reply;
    }
    void run(Duration time = std::chrono::milliseconds(100)) { env_->run_for(time); }
    std::int64_t number(std::string_view statement) {
        auto session = database_->open_reader();
        auto rows = (*session)->query(statement, {});
        EXPECT_TRUE(rows) << rows.error().message;
        return rows->empty() || sql::is_null(rows->row(0)[0]) ? 0 : sql::as_int(rows->row(0)[0]);
    }
    std::string text(std::string_view statement) {
        auto session = database_->open_reader();
        auto rows = (*session)->query(statement, {});
        EXPECT_TRUE(rows) << rows.error().message;
        return rows->empty() ? "" : std::string(sql::as_text(rows->row(0)[0]));
    }
    Completion::Kind take(messaging::MessagePtr m) {
        Completion::Kind kind = Completion::Kind::failed;
        EXPECT_TRUE(consumer_->put(std::move(m), 0, [&](const Completion& c) { kind = c.kind; }));
        run();
        return kind;
    }

    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{1'700'000'000'000'000});
    TaskScope scope_{env_->loop(0)};
    std::filesystem::path folder_;
    FaultySession::Plan plan_;
    WriterOptions options_;
    std::unique_ptr<sql::SqliteDatabase> database_;
    std::unique_ptr<FaultyDatabase> faulty_;
    std::unique_ptr<DomainOf<Domain>> domain_;
    std::unique_ptr<WriterCore> core_;
    std::unique_ptr<Writer<Domain>> writer_;
    std::unique_ptr<Consumer<Domain>> consumer_;
    std::unique_ptr<Clockwork> clock_;
    std::unique_ptr<messaging::Relay> relay_;
    std::vector<messaging::OutboxEntry> published_;
    std::vector<std::unique_ptr<Reply>> replies_;
    std::int64_t last_id_ = 0;
    bool fatal_ = false;
    const Uuid id_ = *Uuid::parse("0190b6f0-0000-7000-8000-000000000001");
};

}  // namespace waybill::service::testing
