#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "chassis/sql/passing_testing.hpp"

/// A database that fails on demand, for tests of what the writer does then.
namespace waybill::service::testing {

/// Passes statements on to a real session and fails them on demand.
class FaultySession final : public sql::testing::PassingSession {
 public:
    struct Failing {
        int fail_commits = 0;  ///< so many commits fail with `kind`
        sql::FailureKind kind = sql::FailureKind::transient;
        bool commit_happens = false;  ///< with commit_unknown: it was done all the same
    };
    using Plan = std::deque<Failing>;  ///< one after the other
    FaultySession(std::unique_ptr<sql::Session> real, Plan& plan)
        : PassingSession(std::move(real)), plan_(plan) {}
    sql::Status commit() override {
        if (plan_.empty()) return PassingSession::commit();
        const Failing now = plan_.front();
        if (--plan_.front().fail_commits == 0) plan_.pop_front();
        if (now.commit_happens)
            if (auto done = PassingSession::commit(); !done) return done;
        return tl::unexpected(sql::Failure{now.kind, "planned", "commit"});
    }

 private:
    Plan& plan_;
};

class FaultyDatabase final : public sql::testing::PassingDatabase {
 public:
    FaultyDatabase(sql::Database& real, FaultySession::Plan& plan)
        : PassingDatabase(real), plan_(plan) {}
    sql::Result<std::unique_ptr<sql::Session>> open_writer() override {
        if (!reachable)
            return tl::unexpected(
                sql::Failure{sql::FailureKind::connection_lost, "planned", "open"});
        auto real = PassingDatabase::open_writer();
        if (!real) return real;
        return std::make_unique<FaultySession>(std::move(*real), plan_);
    }
    std::optional<std::uint64_t> free_bytes() override { return free; }
    bool reachable = true;  ///< a writer can be opened
    std::optional<std::uint64_t> free = std::uint64_t{1} << 40U;

 private:
    FaultySession::Plan& plan_;
};

}  // namespace waybill::service::testing
