#include "chassis/sql/sqlite_connection.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "chassis/sql/summary.hpp"

namespace waybill::sql {
namespace {

// About a third of a millisecond of work between two looks at the clock.
constexpr int operations_between_looks = 10'000;
constexpr std::size_t statements_max = 96;
constexpr std::size_t row_bytes_max = 16 * 1024 * 1024;

FailureKind constraint_kind(int code) {
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return FailureKind::duplicate;
        default:
            return FailureKind::constraint;
    }
}

}  // namespace

FailureKind sqlite_kind(int code, int system_errno) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            return constraint_kind(code);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
        case SQLITE_SCHEMA:
            return FailureKind::transient;
        case SQLITE_INTERRUPT:
            return FailureKind::timeout;
        case SQLITE_FULL:
            return FailureKind::disk_full;
        case SQLITE_IOERR:
            // Whether a commit whose sync failed is there, only a recovery can tell.
            if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
                return FailureKind::fatal;
            // A full disk also shows where the file of shared memory cannot grow.
            return system_errno == ENOSPC || system_errno == EDQUOT ? FailureKind::disk_full
                                                                    : FailureKind::fatal;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_NOMEM:
        case SQLITE_NOLFS:
            return FailureKind::fatal;
        default:
            return FailureKind::invalid;
    }
}

namespace {

int access_of(SqliteConnection::Role role) {
    switch (role) {
        case SqliteConnection::Role::keeper:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        case SqliteConnection::Role::writer:
        case SqliteConnection::Role::guest:
            return SQLITE_OPEN_READWRITE;
        case SqliteConnection::Role::reader:
            return SQLITE_OPEN_READONLY;
        case SqliteConnection::Role::archive:
            return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    }
    return SQLITE_OPEN_READONLY;
}

/// The file as https://sqlite.org/uri.html names one that nobody changes.
std::string immutable_uri(std::string_view path) {
    std::string uri = "file:";
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#')
            uri += fmt::format("%{:02X}", static_cast<unsigned>(c));
        else
            uri += c;
    }
    return uri + "?immutable=1";
}

}  // namespace

SqliteConnection::SqliteConnection(Env& env, const SqliteOptions& options, Role role)
    : env_(env), options_(options), role_(role), statements_(statements_max) {}

SqliteConnection::~SqliteConnection() {
    statements_.clear();
    sqlite3_close(raw_);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(Env& env,
                                                                 const SqliteOptions& options,
                                                                 Role role) {
    std::unique_ptr<SqliteConnection> made(new SqliteConnection(env, options, role));
    const bool archive = role == Role::archive;
    const std::string name = archive ? immutable_uri(options.path) : options.path;
    const int code = sqlite3_open_v2(name.c_str(), &made->raw_,
                                     access_of(role) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                     options.vfs.empty() ? nullptr : options.vfs.c_str());
    if (code != SQLITE_OK) return tl::unexpected(made->failure(code, "open"));
    if (auto done = made->set_up(); !done) return tl::unexpected(done.error());
    return made;
}

Status SqliteConnection::set_up() {
    sqlite3_limit(raw_, SQLITE_LIMIT_LENGTH, row_bytes_max);
    sqlite3_progress_handler(raw_, operations_between_looks, &on_progress, this);
    sqlite3_db_config(raw_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    if (role_ == Role::keeper) {
        if (auto done = set_up_journal(); !done) return done;
    }
    const std::int64_t cache =
        role_ == Role::writer ? options_.writer_cache_kib : options_.reader_cache_kib;
    for (const std::string& text :
         {std::string("pragma synchronous = full"), std::string("pragma foreign_keys = on"),
          std::string("pragma temp_store = memory"), std::string("pragma trusted_schema = off"),
          // Zeroes deleted rows where their page is written anyway.
          std::string("pragma secure_delete = fast"), fmt::format("pragma cache_size = -{}", cache),
          fmt::format("pragma query_only = {}", only_reads() ? "on" : "off")}) {
        if (auto done = run(text); !done) return done;
    }
    // A checkpoint is made between transactions (begin), not within somebody's commit.
    sqlite3_wal_hook(raw_, &on_commit, this);
    return {};
}

Status SqliteConnection::set_up_journal() {
    // Of a new file alone. A fifth less CPU and write-ahead log than 4 KiB at 512 orders a batch.
    if (auto done = run("pragma page_size = 8192"); !done) return done;
    // The switch to the WAL is a transaction with a rollback journal. Its removal has to be
    // durable: a journal that comes back after a loss of power would undo the whole file.
    if (auto done = run("pragma synchronous = extra"); !done) return done;
    constexpr std::string_view text = "pragma journal_mode = wal";
    auto statement = prepare(text);
    if (!statement) return tl::unexpected(statement.error());
    Rows rows(1);
    SqliteRun in_use(**statement);
    if (const int code = (*statement)->step(); code != SQLITE_ROW)
        return tl::unexpected(failure(code, text));
    (*statement)->read_row(rows);
    // The row says what is meant; the switch is committed by the step after it.
    if (const int code = (*statement)->step(); code != SQLITE_DONE)
        return tl::unexpected(failure(code, text));
    if (as_text(rows.row(0)[0]) == "wal") return {};
    return tl::unexpected(Failure{
        FailureKind::fatal,
        options_.path + ": its file system does not allow write-ahead logging (shared memory)",
        "open"});
}

Result<SqliteStatement*> SqliteConnection::prepare(std::string_view text) {
    if (SqliteStatement* known = statements_.find(text)) return known;
    sqlite3_stmt* raw = nullptr;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(raw_, text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, &rest);
    if (code != SQLITE_OK) return tl::unexpected(failure(code, text));
    SqliteStatement statement(raw);
    const std::string_view left(rest, text.data() + text.size());
    if (raw == nullptr || left.find_first_not_of(" \t\r\n;") != std::string_view::npos)
        return tl::unexpected(Failure{FailureKind::invalid, "exactly one statement is expected",
                                      summarize(text).text()});
    return &statements_.keep(text, std::move(statement));
}

Status SqliteConnection::run(std::string_view text) {
    auto statement = prepare(text);
    if (!statement) return tl::unexpected(statement.error());
    SqliteRun in_use(**statement);
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = (*statement)->step();
    if (code != SQLITE_DONE) return tl::unexpected(failure(code, text));
    return {};
}

Status SqliteConnection::checkpoint(int mode) {
    const int code = sqlite3_wal_checkpoint_v2(raw_, nullptr, mode, nullptr, nullptr);
    wal_pages_ = 0;
    if (code == SQLITE_OK) return {};
    return tl::unexpected(failure(code, "checkpoint"));
}

Failure SqliteConnection::failure(int code, std::string_view statement) const {
    const int system_errno = raw_ == nullptr ? 0 : sqlite3_system_errno(raw_);
    FailureKind kind = sqlite_kind(code, system_errno);
    // A reader that writes is a bug; a writer that cannot is a file that others took away.
    if ((code & 0xff) == SQLITE_READONLY && !only_reads()) kind = FailureKind::fatal;
    const char* words = raw_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(raw_);
    return {kind, fmt::format("{}: {} (SQLite {})", options_.path, words, code),
            summarize(statement).text()};
}

int SqliteConnection::on_progress(void* self) {
    return static_cast<SqliteConnection*>(self)->time_is_up() ? 1 : 0;
}

int SqliteConnection::on_commit(void* self, sqlite3*, const char*, int pages) {
    static_cast<SqliteConnection*>(self)->wal_pages_ = pages;
    return SQLITE_OK;
}

}  // namespace waybill::sql
