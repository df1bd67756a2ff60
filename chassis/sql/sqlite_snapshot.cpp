#include "chassis/sql/sqlite_snapshot.hpp"

#include "chassis/sql/sqlite_session.hpp"

namespace waybill::sql {
namespace {

constexpr Duration as_long_as_it_takes = std::chrono::hours(24 * 365);

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
    auto connection = SqliteConnection::open(env, state->options, SqliteConnection::Role::reader);
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
