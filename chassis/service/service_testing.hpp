#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chassis/auth/policy.hpp"
#include "chassis/base/check.hpp"
#include "chassis/messaging/destination.hpp"
#include "chassis/runtime/async.hpp"
#include "chassis/runtime/virtual_env.hpp"
#include "chassis/service/respond.hpp"
#include "chassis/service/service.hpp"
#include "chassis/sql/sqlite.hpp"
#include "chassis/sql/temporary_folder.hpp"

/// A whole service over SQLite in virtual time, for tests of services at their ports: routes are
/// called with a principal (scope and role are checked as the frame does), messages are delivered
/// as a relay does.
namespace waybill::service::testing {

/// What a test asks of a route beside method and path.
struct Asked {
    std::string query = {};
    std::string body = {};
    std::optional<std::string> if_match = {};
    std::optional<std::string> key = {};  ///< Idempotency-Key
    std::map<std::string, std::string> headers = {};
    std::optional<Duration> wait = {};     ///< `Prefer: wait`
    std::function<void()> meanwhile = {};  ///< happens 10 ms after the call
};

class ServiceRig : private messaging::Acknowledgements {
 public:
    explicit ServiceRig(Timestamp start = Timestamp{1'795'000'000'000'000})
        : env_(VirtualEnv::create(1, start)),
          database_(std::move(*sql::SqliteDatabase::open(*env_, {.path = folder_.file("s.db")}))),
          pool_(*env_, 2),
          authenticator_(*env_, telemetry::nowhere(), {}),
          cursors_("a secret of at least sixteen bytes"),
          scope_(env_->loop(0)) {}

    Host host() {
        return {*env_,
                *database_,
                pool_,
                telemetry::nowhere(),
                authenticator_,
                cursors_,
                [](const sql::Failure& failure) { FAIL() << failure.message; }};
    }
    VirtualEnv& env() { return *env_; }
    sql::Database& database() { return *database_; }
    void run(Duration time = std::chrono::milliseconds(100)) { env_->run_for(time); }

    /// Calls the route's handler and runs until it has answered.
    http::Response call(Service& service, std::string method, std::string path,
                        const http::Principal& who, Asked asked = {}) {
        std::vector<const http::Route*> routes;
        for (const auto& route : service.routes().all()) routes.push_back(&route);
        const http::RouteIndex index(routes);
        const auto match = index.find(method, path);
        CHECK(match.route != nullptr);
        http::Request request;
        request.method = std::move(method);
        request.path = std::move(path);
        request.query = asked.query;
        for (const auto& [name, value] : asked.headers) request.headers.add(name, value);
        const auto access = auth::authorise(who, match.route->spec);
        if (access != auth::Access::allowed)
            return auth::deny(access, match.route->spec.scope, request.path, request.trace);
        http::Call made{request,
                        who,
                        std::move(*http::Query::parse(request.query)),
                        std::move(asked.body),
                        match.parameters,
                        Deadline::after(env_->monotonic(), std::chrono::seconds(5)),
                        *match.route,
                        std::move(asked.key),
                        std::move(asked.if_match),
                        asked.wait};
        std::optional<http::Response> answer;
        scope_.spawn(handle(match.route->handler, made, answer));
        if (asked.meanwhile) {
            run(std::chrono::milliseconds(10));
            asked.meanwhile();
        }
        run(asked.wait.value_or(Duration::zero()) + std::chrono::milliseconds(100));
        EXPECT_TRUE(answer);
        return answer ? std::move(*answer) : http::Response{};
    }

    /// The next part of a streamed body, waiting at most `patience`; nothing when none came.
    std::optional<std::string> pull(http::BodySource& source,
                                    Duration patience = std::chrono::seconds(1)) {
        std::optional<std::string> part;
        scope_.spawn(pull_one(source, Deadline::after(env_->monotonic(), patience), part));
        run(patience);
        return part;
    }

    /// Delivers messages as a relay would; how many were taken.
    std::size_t deliver(Service& service, std::vector<messaging::Message> messages) {
        std::vector<messaging::OutboxEntry> batch;
        taken_.clear();
        for (auto& message : messages)
            batch.push_back({static_cast<std::int64_t>(batch.size()),
                             std::make_shared<const messaging::Message>(std::move(message))});
        service.consumer().deliver(std::move(batch), 0, *this);
        run();
        return taken_.size();
    }

    std::int64_t number(std::string_view statement) {
        auto session = database_->open_reader();
        auto rows = (*session)->query(statement, {});
        EXPECT_TRUE(rows) << rows.error().message;
        return sql::as_int(rows->row(0)[0]);
    }

 private:
    static Task<void> handle(const http::RouteHandler& handler, http::Call& call,
                             std::optional<http::Response>& answer) {
        answer.emplace(co_await handler(call));
    }
    static Task<void> pull_one(http::BodySource& source, Deadline deadline,
                               std::optional<std::string>& part) {
        auto next = co_await source.next(deadline);
        if (next) part.emplace(*next);
    }
    void taken(std::size_t, std::span<const std::int64_t> ids) override {
        taken_.insert(ids.begin(), ids.end());
    }

    sql::TemporaryFolder folder_;
    std::unique_ptr<VirtualEnv> env_;
    std::unique_ptr<sql::SqliteDatabase> database_;
    sql::ReaderPool pool_;
    auth::Authenticator authenticator_;
    Cursors cursors_;
    TaskScope scope_;
    std::set<std::int64_t> taken_;
};

}  // namespace waybill::service::testing
