#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "chassis/base/error.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/sql/database.hpp"
#include "chassis/sql/migrations.hpp"

namespace waybill::identity {

/// One sign-in, from the password until logout: the family of its refresh tokens.
struct Session {
    Uuid id{};  ///< `sid`
    std::string subject;
    std::string client;
    std::string scope;
    std::int64_t generation = 0;  ///< of the newest refresh token
    Timestamp authenticated_at{};
    Timestamp expires_at{};  ///< of the newest refresh token
};

/// What came of using a refresh token.
struct Rotation {
    enum class Kind : std::uint8_t { rotated, used_again, unknown };
    Kind kind = Kind::unknown;
    Session session;  ///< when rotated: as it is now
};

/// The schema of the issuer's database.
std::span<const sql::Migration> session_migrations();

/// The sessions in the issuer's own database. Calls run one after the other on a worker, each in a
/// transaction of its own, and resume the caller on its loop. Errors of its own: gateway_timeout
/// after the deadline, overloaded when too many wait.
class SessionStore {
 public:
    /// Brings the schema up to date first. Blocks.
    static Result<std::unique_ptr<SessionStore>> open(Env& env, sql::Database& database);
    ~SessionStore();
    SessionStore(const SessionStore&) = delete;
    SessionStore& operator=(const SessionStore&) = delete;

    Task<Status> add(Session session, Deadline deadline);
    /// Moves `id` to its next generation when `generation` is its newest; an older one ends the
    /// session for good. It then lives until `expires_at`, but no longer than `session_life` in
    /// all. To another client than the session's it is unknown.
    Task<Result<Rotation>> rotate(Uuid id, std::int64_t generation, std::string client,
                                  Timestamp now, Timestamp expires_at, Deadline deadline);
    /// The session, unless it has ended or expired.
    Task<Result<std::optional<Session>>> find(Uuid id, Timestamp now, Deadline deadline);
    Task<Status> end(Uuid id, Deadline deadline);
    /// Finishes the call in hand, refuses what waits. Blocks.
    void stop();

 private:
    using Job = std::function<void(sql::Session*)>;  ///< without a session: it is refused
    SessionStore(Env& env, sql::Database& database, std::unique_ptr<sql::Session> session);
    template <class T>
    Task<Result<T>> run(std::function<sql::Result<T>(sql::Session&)> work, Deadline deadline);
    bool enqueue(Job job);
    void step();

    Env& env_;
    sql::Database& database_;
    std::unique_ptr<sql::Session> session_;  ///< nothing: its connection was lost
    std::mutex mutex_;
    std::deque<Job> jobs_;
    bool stopped_ = false;
    std::unique_ptr<Worker> worker_;
};

}  // namespace waybill::identity
