#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "chassis/sql/database.hpp"
#include "tests/simulation/process_env.hpp"
#include "tests/simulation/sometimes.hpp"

namespace waybill::simulation {

/// Where between the calls of a session a process can be killed.
enum class DeathPoint : std::uint8_t { statement, before_commit, after_commit };

/// What may befall the calls to a machine's database just now.
struct DatabaseWeather {
    std::uint64_t serialization_per_mille = 0;  ///< of statements and commits in transactions
    std::uint64_t lost_per_mille = 0;           ///< of all calls: the connection is gone
    std::uint64_t unknown_per_mille = 0;        ///< of commits: whether it happened is not told
    Duration slow{};                            ///< at most this much more for every commit
    std::optional<DeathPoint> death;            ///< the process dies there, once
};

/// A process's database as the world lets it be: every call takes virtual time, in which others
/// run, and some fail.
class ProcessDatabase final : public sql::Database {
 public:
    struct Surroundings {
        ProcessEnv& env;
        Random& random;
        DatabaseWeather& weather;
        Sometimes& sometimes;
        std::function<bool()> disk_alive;  ///< the disk may kill the process in a write
        std::function<void()> die;
    };
    ProcessDatabase(Surroundings around, std::unique_ptr<sql::Database> real);
    ~ProcessDatabase() override;

    sql::Result<std::unique_ptr<sql::Session>> open_writer() override;
    sql::Result<std::unique_ptr<sql::Session>> open_reader() override;
    sql::Traits traits() const override { return real_->traits(); }
    std::optional<std::uint64_t> free_bytes() override { return real_->free_bytes(); }
    sql::Status checkpoint() override;

 private:
    sql::Result<std::unique_ptr<sql::Session>> open(
        sql::Result<std::unique_ptr<sql::Session>> (sql::Database::*how)());

    Surroundings around_;
    std::unique_ptr<sql::Database> real_;
};

}  // namespace waybill::simulation
