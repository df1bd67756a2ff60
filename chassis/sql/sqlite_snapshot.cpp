#include "chassis/sql/sqlite_snapshot.hpp"

#include <unistd.h>

#include <filesystem>

#include "chassis/sql/sqlite_session.hpp"

namespace waybill::sql {
namespace {

constexpr Duration as_long_as_it_takes = std::chrono::hours(24 * 365);

/// Whether a process has the file open, or one that was killed left its last commits in the log.
bool used(const std::string& path) {
    std::error_code unknown;
    return std::filesystem::exists(path + "-wal", unknown) ||
           std::filesystem::exists(path + "-shm", unknown);
}

bool folder_can_be_written(const std::string& path) {
    const auto folder = std::filesystem::absolute(path).parent_path();
    return ::access(folder.c_str(), W_OK) == 0;
}

/// What lies beside a file that is used is to be left as it is. Where nothing does, reading makes
/// the files, and the reader should take them away again; where it cannot, it goes without.
SqliteConnection::Role role_beside(const std::string& path) {
    if (used(path)) return SqliteConnection::Role::reader;
    return folder_can_be_written(path) ? SqliteConnection::Role::guest
                                       : SqliteConnection::Role::archive;
}

/// A log can be read only where its index can be written, or is.
Failure explained(Failure failure, const std::string& path) {
    if (used(path) && !folder_can_be_written(path))
        failure.message +=
            "; its last commits are in a log beside it, and its folder cannot be written: copy the "
            "folder and look at the copy";
    return failure;
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
    const std::string& path = state->options.path;
    if (!connection) return tl::unexpected(explained(std::move(connection.error()), path));
    // The schema and the header: a damaged or foreign file shows at once.
    if (auto seen = (*connection)->run("select count(*) from sqlite_schema"); !seen)
        return tl::unexpected(explained(std::move(seen.error()), path));
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
