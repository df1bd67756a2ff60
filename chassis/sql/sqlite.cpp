#include "chassis/sql/sqlite.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "chassis/sql/sqlite_joined_writes.hpp"
#include "chassis/sql/sqlite_session.hpp"
#include "chassis/sql/sqlite_wal.hpp"

namespace waybill::sql {
namespace {

using Role = SqliteConnection::Role;

Failure refused(const std::string& path, std::string_view why) {
    return {FailureKind::fatal, fmt::format("{}: {}", path, why), "open"};
}

/// Looks the file over as far as time allows. What was not reached shows when it is read.
Status look_over(Env& env, const SqliteOptions& options, SqliteConnection& keeper) {
    constexpr std::string_view text = "pragma quick_check(1)";
    auto statement = keeper.prepare(text);
    if (!statement) return tl::unexpected(statement.error());
    keeper.stop_at(env.monotonic() + options.check_max);
    SqliteRun in_use(**statement);
    const int code = (*statement)->step();
    keeper.stop_at(std::nullopt);
    if (code != SQLITE_ROW) {
        Failure failure = keeper.failure(code, text);
        if (failure.kind == FailureKind::timeout) return {};
        return tl::unexpected(std::move(failure));
    }
    Rows rows(1);
    (*statement)->read_row(rows);
    const std::string_view verdict = as_text(rows.row(0)[0]);
    if (verdict == "ok") return {};
    return tl::unexpected(refused(options.path, fmt::format("the file is damaged ({}); restore "
                                                            "it from a backup",
                                                            verdict)));
}

/// Touches the schema and the header: a damaged or foreign file shows at once.
Status look_at(SqliteConnection& keeper) {
    return keeper.run("select count(*) from sqlite_schema");
}

}  // namespace

struct SqliteDatabase::State {
    State(Env& e, SqliteOptions o)
        : env(e), options(std::move(o)), on_disk(options.vfs.empty()), joined(options.vfs) {
        options.vfs = joined.name();
    }
    Env& env;
    SqliteOptions options;
    const bool on_disk;  ///< the files are the system's
    JoinedWrites joined;
    std::mutex mutex;
    /// Keeps the WAL while sessions come and go, and checkpoints. Guarded by `mutex`.
    std::unique_ptr<SqliteConnection> keeper;

    Result<std::unique_ptr<Session>> open_session(Role role) {
        auto connection = SqliteConnection::open(env, options, role);
        if (!connection) return tl::unexpected(connection.error());
        return std::make_unique<SqliteSession>(env, options, std::move(*connection),
                                               role == Role::reader);
    }
};

SqliteDatabase::SqliteDatabase(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteDatabase::~SqliteDatabase() = default;

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(Env& env, SqliteOptions options) {
    // Counting SQLite's memory takes a lock at each allocation. Refused, as it should be, once
    // SQLite is in use.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_initialize();
    auto state = std::make_unique<State>(env, std::move(options));
    const bool crashed = wal_was_left(state->options);
    if (crashed) {
        if (auto saved = save_wal(state->options); !saved) return tl::unexpected(saved.error());
    }
    auto keeper = SqliteConnection::open(env, state->options, Role::keeper);
    if (!keeper) return tl::unexpected(keeper.error());
    state->keeper = std::move(*keeper);
    if (auto seen = look_at(*state->keeper); !seen) return tl::unexpected(seen.error());
    if (crashed) {
        auto whole = look_over(env, state->options, *state->keeper);
        if (!whole) return tl::unexpected(whole.error());
    }
    return std::unique_ptr<SqliteDatabase>(new SqliteDatabase(std::move(state)));
}

Result<std::unique_ptr<Session>> SqliteDatabase::open_writer() {
    return state_->open_session(Role::writer);
}

Result<std::unique_ptr<Session>> SqliteDatabase::open_reader() {
    return state_->open_session(Role::reader);
}

std::optional<std::uint64_t> SqliteDatabase::free_bytes() {
    if (state_->options.free_bytes) return state_->options.free_bytes();
    if (!state_->on_disk) return std::nullopt;
    const std::string folder = std::filesystem::path(state_->options.path).parent_path().string();
    struct statvfs facts{};
    if (::statvfs(folder.empty() ? "." : folder.c_str(), &facts) != 0) return std::nullopt;
    return std::uint64_t{facts.f_bavail} * facts.f_frsize;
}

Status SqliteDatabase::checkpoint() {
    std::lock_guard lock(state_->mutex);
    return state_->keeper->checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
}

}  // namespace waybill::sql
