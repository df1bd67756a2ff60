#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "chassis/sql/database.hpp"

/// For tests that come between a program and its database.
namespace waybill::sql::testing {

/// Passes everything on to a real session.
class PassingSession : public Session {
 public:
    explicit PassingSession(std::unique_ptr<Session> real) : real_(std::move(real)) {}
    Status begin() override { return real_->begin(); }
    Status commit() override { return real_->commit(); }
    void rollback() override { real_->rollback(); }
    bool in_transaction() const override { return real_->in_transaction(); }
    Result<Rows> select_in(const TableDef& table, std::string_view column,
                           std::span<const Cell> values, bool lock) override {
        return real_->select_in(table, column, values, lock);
    }
    Status insert(const TableDef& table, std::span<const Cell> rows) override {
        return real_->insert(table, rows);
    }
    Result<std::vector<std::size_t>> insert_new(const TableDef& table,
                                                std::span<const Cell> rows) override {
        return real_->insert_new(table, rows);
    }
    Status update(const TableDef& table, std::span<const Cell> rows) override {
        return real_->update(table, rows);
    }
    Status remove(const TableDef& table, std::span<const Cell> keys) override {
        return real_->remove(table, keys);
    }
    Result<Rows> query(std::string_view sql, std::span<const Cell> parameters) override {
        return real_->query(sql, parameters);
    }
    Result<std::int64_t> execute(std::string_view sql, std::span<const Cell> parameters) override {
        return real_->execute(sql, parameters);
    }
    void set_deadline(std::optional<MonoTime> at) override { real_->set_deadline(at); }

 protected:
    Session& real() { return *real_; }

 private:
    std::unique_ptr<Session> real_;
};

/// Passes everything on to a real database, which outlives it.
class PassingDatabase : public Database {
 public:
    explicit PassingDatabase(Database& real) : real_(real) {}
    Result<std::unique_ptr<Session>> open_writer() override { return real_.open_writer(); }
    Result<std::unique_ptr<Session>> open_reader() override { return real_.open_reader(); }
    Traits traits() const override { return real_.traits(); }
    std::optional<std::uint64_t> free_bytes() override { return real_.free_bytes(); }
    Status checkpoint() override { return real_.checkpoint(); }

 protected:
    Database& real() { return real_; }

 private:
    Database& real_;
};

}  // namespace waybill::sql::testing
