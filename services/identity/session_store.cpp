#include "services/identity/session_store.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "chassis/runtime/async.hpp"
#include "chassis/sql/migrations.hpp"
#include "chassis/sql/rows.hpp"
#include "services/identity/tokens.hpp"

namespace waybill::identity {
namespace {

constexpr std::size_t jobs_max = 1024;

constexpr std::array migrations{sql::Migration{1, "sessions", R"sql(
create table sessions (
    id blob not null primary key,
    subject text not null,
    client text not null,
    scope text not null,
    generation integer not null check (generation >= 1),
    authenticated_at integer not null,
    expires_at integer not null
) strict, without rowid;
create index sessions_expires_at on sessions (expires_at);
)sql"}};

const sql::TypedTable<Session>& rows() {
    using sql::column;
    static const auto table = sql::table<Session>(
        "sessions", sql::key("id", &Session::id), column("subject", &Session::subject),
        column("client", &Session::client), column("scope", &Session::scope),
        column("generation", &Session::generation),
        column("authenticated_at", &Session::authenticated_at),
        column("expires_at", &Session::expires_at));
    return table;
}

sql::Cell id_cell(const Uuid& id) {
    return sql::Bytes(id.raw());
}

sql::Result<std::optional<Session>> load(sql::Session& session, const Uuid& id, Timestamp now) {
    const std::array keys{id_cell(id)};
    auto found = rows().load(session, keys, true);
    if (!found) return tl::unexpected(std::move(found.error()));
    if (found->empty() || found->front().expires_at <= now) return std::nullopt;
    return std::move(found->front());
}

sql::Status remove(sql::Session& session, const Uuid& id) {
    const std::array keys{id_cell(id)};
    return rows().remove(session, keys);
}

/// Expired ones go when one is added: their number stays that of the last hours' sign-ins.
sql::Status add_one(sql::Session& session, const Session& added) {
    const std::array<sql::Cell, 1> before{added.authenticated_at.us};
    auto purged = session.execute("delete from sessions where expires_at <= ?", before);
    if (!purged) return tl::unexpected(std::move(purged.error()));
    const std::array<const Session*, 1> all{&added};
    return rows().insert(session, all);
}

sql::Result<Rotation> rotate_one(sql::Session& session, const Uuid& id, std::int64_t generation,
                                 std::string_view client, Timestamp now, Timestamp expires_at) {
    auto found = load(session, id, now);
    if (!found) return tl::unexpected(std::move(found.error()));
    if (!*found || (*found)->client != client) return Rotation{Rotation::Kind::unknown, {}};
    Session& kept = **found;
    if (kept.generation != generation) {
        if (auto gone = remove(session, id); !gone) return tl::unexpected(std::move(gone.error()));
        return Rotation{Rotation::Kind::used_again, std::move(kept)};
    }
    ++kept.generation;
    kept.expires_at = std::min(expires_at, kept.authenticated_at + session_life);
    const std::array<const Session*, 1> all{&kept};
    if (auto written = rows().update(session, all); !written)
        return tl::unexpected(std::move(written.error()));
    return Rotation{Rotation::Kind::rotated, std::move(kept)};
}

bool is_lost(sql::FailureKind kind) {
    return kind == sql::FailureKind::connection_lost || kind == sql::FailureKind::commit_unknown;
}

template <class T>
sql::Result<T> in_transaction(sql::Session& session,
                              const std::function<sql::Result<T>(sql::Session&)>& work) {
    if (auto begun = session.begin(); !begun) return tl::unexpected(std::move(begun.error()));
    auto done = work(session);
    if (done)
        if (auto committed = session.commit(); !committed)
            done = tl::unexpected(std::move(committed.error()));
    if (!done) session.rollback();
    return done;
}

}  // namespace

std::span<const sql::Migration> session_migrations() {
    return migrations;
}

Result<std::unique_ptr<SessionStore>> SessionStore::open(Env& env, sql::Database& database) {
    auto session = database.open_writer();
    if (!session) return fail(sql::to_error(session.error()));
    auto migrated = sql::migrate(**session, env, migrations);
    if (!migrated) return fail(std::move(migrated.error()));
    return std::unique_ptr<SessionStore>(new SessionStore(env, database, std::move(*session)));
}

SessionStore::SessionStore(Env& env, sql::Database& database, std::unique_ptr<sql::Session> session)
    : env_(env),
      database_(database),
      session_(std::move(session)),
      worker_(env.start_worker("identity", [this] { step(); })) {}

SessionStore::~SessionStore() {
    stop();
}

void SessionStore::stop() {
    worker_->stop();
    std::deque<Job> left;
    {
        std::lock_guard lock(mutex_);
        stopped_ = true;
        left.swap(jobs_);
    }
    for (const Job& job : left) job(nullptr);
}

bool SessionStore::enqueue(Job job) {
    {
        std::lock_guard lock(mutex_);
        if (stopped_ || jobs_.size() >= jobs_max) return false;
        jobs_.push_back(std::move(job));
    }
    worker_->wake();
    return true;
}

void SessionStore::step() {
    for (;;) {
        Job job;
        {
            std::lock_guard lock(mutex_);
            if (jobs_.empty()) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        if (!session_)
            if (auto session = database_.open_writer()) session_ = std::move(*session);
        job(session_.get());
    }
}

template <class T>
Task<Result<T>> SessionStore::run(std::function<sql::Result<T>(sql::Session&)> work,
                                  Deadline deadline) {
    auto answer = std::make_shared<OneShot<Result<T>>>();  // shared with the worker
    const bool queued =
        enqueue([this, answer, work = std::move(work), deadline](sql::Session* session) {
            if (session == nullptr || deadline.passed(env_.monotonic())) return answer->abandon();
            auto done = in_transaction<T>(*session, work);
            if (!done && is_lost(done.error().kind)) session_.reset();
            answer->set(std::move(done).map_error(sql::to_error));
        });
    if (!queued) co_return fail(Problem::overloaded, "Too many wait for the identity's database.");
    auto done = co_await get_until(env_, answer, deadline);
    if (!done) co_return fail(Problem::gateway_timeout, "The identity's database was too slow.");
    co_return std::move(*done);
}

Task<Status> SessionStore::add(Session session, Deadline deadline) {
    std::function<sql::Status(sql::Session&)> work =
        [session = std::move(session)](sql::Session& s) { return add_one(s, session); };
    co_return co_await run<void>(std::move(work), deadline);
}

Task<Result<Rotation>> SessionStore::rotate(Uuid id, std::int64_t generation, std::string client,
                                            Timestamp now, Timestamp expires_at,
                                            Deadline deadline) {
    std::function<sql::Result<Rotation>(sql::Session&)> work = [=](sql::Session& s) {
        return rotate_one(s, id, generation, client, now, expires_at);
    };
    co_return co_await run<Rotation>(std::move(work), deadline);
}

Task<Result<std::optional<Session>>> SessionStore::find(Uuid id, Timestamp now, Deadline deadline) {
    std::function<sql::Result<std::optional<Session>>(sql::Session&)> work = [=](sql::Session& s) {
        return load(s, id, now);
    };
    co_return co_await run<std::optional<Session>>(std::move(work), deadline);
}

Task<Status> SessionStore::end(Uuid id, Deadline deadline) {
    std::function<sql::Status(sql::Session&)> work = [=](sql::Session& s) { return remove(s, id); };
    co_return co_await run<void>(std::move(work), deadline);
}

}  // namespace waybill::identity
