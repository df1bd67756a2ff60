#pragma once
#include <memory>
#include <optional>
#include <utility>

#include "chassis/sql/session.hpp"
#include "tests/simulation/process_database.hpp"

namespace waybill::simulation {

/// A session of a ProcessDatabase.
class ProcessSession final : public sql::Session {
 public:
    ProcessSession(ProcessDatabase::Surroundings& around, std::unique_ptr<sql::Session> real)
        : around_(around), real_(std::move(real)) {}

    sql::Status begin() override;
    sql::Status commit() override;
    void rollback() override;
    bool in_transaction() const override { return open_; }
    sql::Result<sql::Rows> select_in(const sql::TableDef& table, std::string_view column,
                                     std::span<const sql::Cell> values, bool lock) override;
    sql::Status insert(const sql::TableDef& table, std::span<const sql::Cell> rows) override;
    sql::Result<std::vector<std::size_t>> insert_new(const sql::TableDef& table,
                                                     std::span<const sql::Cell> rows) override;
    sql::Status update(const sql::TableDef& table, std::span<const sql::Cell> rows) override;
    sql::Status remove(const sql::TableDef& table, std::span<const sql::Cell> keys) override;
    sql::Result<sql::Rows> query(std::string_view statement,
                                 std::span<const sql::Cell> parameters) override;
    sql::Result<std::int64_t> execute(std::string_view statement,
                                      std::span<const sql::Cell> parameters) override;
    void set_deadline(std::optional<MonoTime> at) override { real_->set_deadline(at); }

 private:
    /// One call that is not a commit: others run, then it fails or is carried out.
    template <class F>
    auto call(F carry_out) -> decltype(carry_out());
    sql::Status cut_off();
    void die_at(DeathPoint point);
    std::optional<sql::Failure> mishap();
    std::optional<sql::Failure> gone() const;
    sql::Failure fail(sql::Failure failure);

    ProcessDatabase::Surroundings& around_;
    std::unique_ptr<sql::Session> real_;
    bool open_ = false;
    bool failed_ = false;  ///< by the world's doing; only rollback() helps
    bool lost_ = false;    ///< the connection; nothing helps
};

}  // namespace waybill::simulation
