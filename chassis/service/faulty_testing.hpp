#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "chassis/sql/database.hpp"

/// A database that fails on demand, for tests of what the writer does then.
namespace waybill::service::testing {

/// Passes statements on to a real session and fails them on demand.
class FaultySession final : public sql::Session {
 public:
    struct Plan {
        int fail_commits = 0;  ///< so many commits fail with `kind`
        sql::FailureKind kind = sql::FailureKind::transient;
        bool commit_happens = false;  ///< with commit_unknown: it was done all the same
    };
    FaultySession(std::unique_ptr<sql::Session> real, Plan& plan)
        : real_(std::move(real)), plan_(plan) {}
    sql::Status begin() override { return real_->begin(); }
    sql::Status commit() override;
    void rollback() override { real_->rollback(); }
    bool in_transaction() const override { return real_->in_transaction(); }
    sql::Result<sql::Rows> select_in(const sql::TableDef& t, std::string_view c,
                                     std::span<const sql::Cell> v, bool l) override {
        return real_->select_in(t, c, v, l);
    }
    sql::Status insert(const sql::TableDef& t, std::span<const sql::Cell> r) override {
        return real_->insert(t, r);
    }
    sql::Result<std::vector<std::size_t>> insert_new(const sql::TableDef& t,
                                                     std::span<const sql::Cell> r) override {
        return real_->insert_new(t, r);
    }
    sql::Status update(const sql::TableDef& t, std::span<const sql::Cell> r) override {
        return real_->update(t, r);
    }
    sql::Status remove(const sql::TableDef& t, std::span<const sql::Cell> k) override {
        return real_->remove(t, k);
    }
    sql::Result<sql::Rows> query(std::string_view s, std::span<const sql::Cell> p) override {
        return real_->query(s, p);
    }
    sql::Result<std::int64_t> execute(std::string_view s, std::span<const sql::Cell> p) override {
        return real_->execute(s, p);
    }
    void set_deadline(std::optional<MonoTime> at) override { real_->set_deadline(at); }

 private:
    std::unique_ptr<sql::Session> real_;
    Plan& plan_;
};

class FaultyDatabase final : public sql::Database {
 public:
    FaultyDatabase(sql::Database& real, FaultySession::Plan& plan) : real_(real), plan_(plan) {}
    sql::Result<std::unique_ptr<sql::Session>> open_writer() override;
    sql::Result<std::unique_ptr<sql::Session>> open_reader() override {
        return real_.open_reader();
    }
    sql::Traits traits() const override { return real_.traits(); }
    std::optional<std::uint64_t> free_bytes() override { return free; }
    sql::Status checkpoint() override { return real_.checkpoint(); }
    std::optional<std::uint64_t> free = std::uint64_t{1} << 40U;

 private:
    sql::Database& real_;
    FaultySession::Plan& plan_;
};

}  // namespace waybill::service::testing
