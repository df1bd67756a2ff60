#include "chassis/sql/sqlite_session.hpp"

#include <algorithm>

#include "chassis/base/check.hpp"
#include "chassis/base/faults.hpp"
#include "chassis/sql/summary.hpp"

namespace waybill::sql {

Status SqliteSession::begin() {
    CHECK(!open_);
    if (reader_)
        return tl::unexpected(Failure{
            FailureKind::invalid, "a reader holds no snapshot: it has no transactions", "begin"});
    if (connection_->wal_pages() >= options_.checkpoint_pages) {
        connection_->stop_at(std::nullopt);
        faults::crash_point("before_checkpoint");
        auto done = connection_->checkpoint(SQLITE_CHECKPOINT_PASSIVE);
        faults::crash_point("after_checkpoint");
        if (!done && done.error().kind == FailureKind::fatal) return done;
    }
    if (auto started = start("begin"); !started) return started;
    if (auto begun = connection_->run("begin immediate"); !begun) return begun;
    open_ = true;
    return {};
}

Status SqliteSession::commit() {
    CHECK(open_);
    if (failed_) return start("commit");
    // What has come this far is not thrown away for being late.
    connection_->stop_at(std::nullopt);
    if (auto done = connection_->run("commit"); !done) return failed(std::move(done.error()));
    open_ = false;
    return {};
}

void SqliteSession::rollback() {
    connection_->stop_at(std::nullopt);
    // Several failures (a full disk, an interrupted write) have rolled back already.
    if (connection_->in_transaction()) (void)connection_->run("rollback");
    open_ = false;
    failed_ = false;
}

Result<Rows> SqliteSession::query(std::string_view text, std::span<const Cell> parameters) {
    auto prepared = bound(text, parameters);
    if (!prepared) return tl::unexpected(prepared.error());
    SqliteStatement& statement = **prepared;
    SqliteRun in_use(statement);
    Rows rows(static_cast<std::size_t>(statement.columns()));
    int code = statement.step();
    for (; code == SQLITE_ROW; code = statement.step()) statement.read_row(rows);
    if (code != SQLITE_DONE) return failed(code, text);
    return rows;
}

Result<std::int64_t> SqliteSession::execute(std::string_view text,
                                            std::span<const Cell> parameters) {
    auto prepared = bound(text, parameters);
    if (!prepared) return tl::unexpected(prepared.error());
    SqliteStatement& statement = **prepared;
    SqliteRun in_use(statement);
    const std::int64_t before = connection_->total_changes();
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = statement.step();
    if (code != SQLITE_DONE) return failed(code, text);
    return connection_->total_changes() == before ? 0 : connection_->changes();
}

/// Before each statement: refuses it when the transaction has failed or the time is up.
Status SqliteSession::start(std::string_view what) {
    if (failed_)
        return tl::unexpected(Failure{FailureKind::invalid,
                                      "the transaction has failed and waits for its rollback",
                                      summarize(what).text()});
    auto stop_at = deadline_;
    if (reader_) {
        const MonoTime limit = env_.monotonic() + options_.snapshot_max;
        stop_at = stop_at ? std::min(*stop_at, limit) : limit;
    }
    connection_->stop_at(stop_at);
    if (!connection_->time_is_up()) return {};
    return failed(Failure{FailureKind::timeout, "the deadline has passed", summarize(what).text()});
}

Result<SqliteStatement*> SqliteSession::bound(std::string_view text,
                                              std::span<const Cell> parameters) {
    if (auto started = start(text); !started) return tl::unexpected(started.error());
    auto prepared = connection_->prepare(text);
    if (!prepared) return failed(std::move(prepared.error()));
    SqliteStatement& statement = **prepared;
    if (static_cast<std::size_t>(statement.parameters()) != parameters.size())
        return failed(Failure{FailureKind::invalid, "the parameters do not fit the statement",
                              summarize(text).text()});
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const int code = statement.bind(static_cast<int>(i + 1), parameters[i]);
        if (code == SQLITE_MISMATCH)
            return failed(Failure{FailureKind::invalid,
                                  "a text parameter is not UTF-8: ids and blobs are given as Bytes",
                                  summarize(text).text()});
        if (code != SQLITE_OK) return failed(code, text);
    }
    return &statement;
}

tl::unexpected<Failure> SqliteSession::failed(Failure failure) {
    failed_ = open_;
    return tl::unexpected<Failure>(std::move(failure));
}

}  // namespace waybill::sql
