#include "tests/simulation/process_database.hpp"

#include "tests/simulation/process_session.hpp"

namespace waybill::simulation {
namespace {

constexpr Duration statement_time_max{200};
constexpr Duration commit_time_max{1'500};
constexpr std::uint64_t answer_waits_per_mille = 300;
constexpr std::uint64_t quick_per_mille = 600;  ///< of statements: others run, no time passes

sql::Failure dead_process() {
    return {sql::FailureKind::fatal, "the process is dead", "call"};
}

}  // namespace

ProcessDatabase::ProcessDatabase(Surroundings around, std::unique_ptr<sql::Database> real)
    : around_(std::move(around)), real_(std::move(real)) {}

ProcessDatabase::~ProcessDatabase() = default;

sql::Result<std::unique_ptr<sql::Session>> ProcessDatabase::open(
    sql::Result<std::unique_ptr<sql::Session>> (sql::Database::*how)()) {
    around_.env.pause(around_.random.between(Duration(0), statement_time_max));
    if (!around_.env.alive()) return tl::unexpected(dead_process());
    auto session = ((*real_).*how)();
    if (!around_.disk_alive()) around_.die();
    if (!session) return session;
    return std::make_unique<ProcessSession>(around_, std::move(*session));
}

sql::Result<std::unique_ptr<sql::Session>> ProcessDatabase::open_writer() {
    return open(&sql::Database::open_writer);
}

sql::Result<std::unique_ptr<sql::Session>> ProcessDatabase::open_reader() {
    return open(&sql::Database::open_reader);
}

sql::Status ProcessDatabase::checkpoint() {
    if (!around_.env.alive()) return tl::unexpected(dead_process());
    return real_->checkpoint();
}

std::optional<sql::Failure> ProcessSession::gone() const {
    if (!around_.env.alive()) return dead_process();
    if (lost_)
        return sql::Failure{sql::FailureKind::connection_lost, "the connection is lost", "call"};
    return std::nullopt;
}

sql::Failure ProcessSession::fail(sql::Failure failure) {
    failed_ = open_;
    return failure;
}

std::optional<sql::Failure> ProcessSession::mishap() {
    const DatabaseWeather& weather = around_.weather;
    if (around_.random.chance(weather.lost_per_mille)) {
        lost_ = true;
        around_.sometimes.hit("database connection lost");
        return fail({sql::FailureKind::connection_lost, "the connection is lost", "call"});
    }
    if (open_ && around_.random.chance(weather.serialization_per_mille)) {
        around_.sometimes.hit("serialization failure");
        return fail({sql::FailureKind::transient, "could not serialize access", "call"});
    }
    return std::nullopt;
}

void ProcessSession::die_at(DeathPoint point) {
    if (around_.weather.death != point) return;
    if (point == DeathPoint::statement && !open_) return;
    around_.weather.death.reset();
    around_.sometimes.hit(point == DeathPoint::after_commit
                              ? "process killed between commit and answer"
                              : "process killed inside a transaction");
    around_.die();
}

template <class F>
auto ProcessSession::call(F carry_out) -> decltype(carry_out()) {
    const bool quick = around_.random.chance(quick_per_mille);
    around_.env.pause(quick ? Duration(0)
                            : around_.random.between(Duration(1), statement_time_max));
    die_at(DeathPoint::statement);
    if (auto failure = gone()) return tl::unexpected(std::move(*failure));
    if (failed_)
        return tl::unexpected(sql::Failure{sql::FailureKind::invalid,
                                           "the transaction waits for its rollback", "call"});
    if (auto failure = mishap()) return tl::unexpected(std::move(*failure));
    auto result = carry_out();
    if (!around_.disk_alive()) {
        around_.die();
        return tl::unexpected(dead_process());
    }
    // What was read may be old news by the time it is looked at.
    if (around_.random.chance(answer_waits_per_mille))
        around_.env.pause(around_.random.between(Duration(0), statement_time_max));
    return result;
}

sql::Status ProcessSession::begin() {
    return call([&] {
        auto begun = real_->begin();
        open_ = begun.has_value();
        return begun;
    });
}

sql::Status ProcessSession::commit() {
    around_.env.pause(around_.random.between(Duration(1), commit_time_max + around_.weather.slow));
    die_at(DeathPoint::before_commit);
    if (auto failure = gone()) return tl::unexpected(std::move(*failure));
    if (failed_)
        return tl::unexpected(fail({sql::FailureKind::invalid, "rollback first", "commit"}));
    if (around_.random.chance(around_.weather.unknown_per_mille)) return cut_off();
    if (auto failure = mishap()) return tl::unexpected(std::move(*failure));
    auto done = real_->commit();
    if (!around_.disk_alive()) {
        around_.die();
        return tl::unexpected(dead_process());
    }
    if (!done) return done;
    open_ = false;
    die_at(DeathPoint::after_commit);
    around_.env.pause(around_.random.between(Duration(0), statement_time_max));
    return done;
}

/// The connection is lost while COMMIT is on its way: it happens or it does not.
sql::Status ProcessSession::cut_off() {
    if (around_.random.chance(500)) {
        if (auto done = real_->commit(); !done) return done;
        around_.sometimes.hit("commit unknown, and it happened");
    } else {
        real_->rollback();
        around_.sometimes.hit("commit unknown, and it did not happen");
    }
    open_ = false;
    lost_ = true;
    return tl::unexpected(
        sql::Failure{sql::FailureKind::commit_unknown, "the connection is lost", "commit"});
}

void ProcessSession::rollback() {
    real_->rollback();
    open_ = false;
    failed_ = false;
}

sql::Result<sql::Rows> ProcessSession::select_in(const sql::TableDef& table,
                                                 std::string_view column,
                                                 std::span<const sql::Cell> values, bool lock) {
    return call([&] { return real_->select_in(table, column, values, lock); });
}

sql::Status ProcessSession::insert(const sql::TableDef& table, std::span<const sql::Cell> rows) {
    return call([&] { return real_->insert(table, rows); });
}

sql::Result<std::vector<std::size_t>> ProcessSession::insert_new(const sql::TableDef& table,
                                                                 std::span<const sql::Cell> rows) {
    return call([&] { return real_->insert_new(table, rows); });
}

sql::Status ProcessSession::update(const sql::TableDef& table, std::span<const sql::Cell> rows) {
    return call([&] { return real_->update(table, rows); });
}

sql::Status ProcessSession::remove(const sql::TableDef& table, std::span<const sql::Cell> keys) {
    return call([&] { return real_->remove(table, keys); });
}

sql::Result<sql::Rows> ProcessSession::query(std::string_view statement,
                                             std::span<const sql::Cell> parameters) {
    return call([&] { return real_->query(statement, parameters); });
}

sql::Result<std::int64_t> ProcessSession::execute(std::string_view statement,
                                                  std::span<const sql::Cell> parameters) {
    return call([&] { return real_->execute(statement, parameters); });
}

}  // namespace waybill::simulation
