#include "chassis/sql/sqlite_snapshot.hpp"

#include <filesystem>

#include "chassis/sql/sqlite_session.hpp"

namespace waybill::sql {
namespace {

constexpr Duration as_long_as_it_takes = std::chrono::hours(24 * 365);

/// What lies beside the file belongs to a process that runs, or to one that was killed and left its
/// last commits there: both are to be left as they are. Where nothing does, reading makes the
/// files, and the reader should take them away again.
SqliteConnection::Role role_beside(const std::string& path) {
    std::error_code unknown;
    const bool used = std::filesystem::exists(path + "-wal", unknown) ||
                      std::filesystem::exists(path + "-shm", unknown);
    return used ? SqliteConnection::Role::reader : SqliteConnection::Role::guest;
}

}  // namespace

struct SqliteSnapshot::State {
    State(Env& e, SqliteOptions o) : env(e), options(std::move(o)) {
        options.snapshot_max = as_long_as_it_takes;
    }
    Env& env;
    SqliteOptions options;
    std::unique_ptr<SqliteSession> session;
    SqliteConnection* connection = nullptr;  ///< the session's
};

SqliteSnapshot::SqliteSnapshot(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteSnapshot::~SqliteSnapshot() = default;

Result<std::unique_ptr<SqliteSnapshot>> SqliteSnapshot::open(Env& env, SqliteOptions options) {
    auto state = std::make_unique<State>(env, std::move(options));
    auto connection = SqliteConnection::open(env, state->options, role_beside(state->options.path));
    if (!connection) return tl::unexpected(std::move(connection.error()));
    // The schema and the header: a damaged or foreign file shows at once.
    if (auto seen = (*connection)->run("select count(*) from sqlite_schema"); !seen)
        return tl::unexpected(std::move(seen.error()));
    state->connection = connection->get();
    state->session =
        std::make_unique<SqliteSession>(env, state->options, std::move(*connection), true);
    return std::unique_ptr<SqliteSnapshot>(new SqliteSnapshot(std::move(state)));
}

Session& SqliteSnapshot::session() {
    return *state_->session;
}

Status SqliteSnapshot::hold() {
    state_->connection->stop_at(std::nullopt);
    if (auto begun = state_->connection->run("begin"); !begun) return begun;
    // The snapshot is that of the first read.
    return state_->connection->run("select count(*) from sqlite_schema");
}

}  // namespace waybill::sql
