#pragma once
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <memory>
#include <string>

#include "chassis/auth/authenticator.hpp"
#include "chassis/runtime/virtual_env.hpp"
#include "chassis/service/api.hpp"
#include "chassis/service/faulty_testing.hpp"
#include "chassis/sql/sqlite.hpp"
#include "services/identity/identity.hpp"
#include "services/identity/reply_testing.hpp"

namespace waybill::identity::testing {

inline constexpr Timestamp start_time{1'795'000'000'000'000};
inline const std::string realm = "/realms/waybill";
inline const std::string protocol = realm + "/protocol/openid-connect/";
inline const std::string callback = "http://127.0.0.1:5001/callback";
inline const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
inline const std::string challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";  // RFC 7636 B

inline Task<void> ask(http::Handler& handler, http::Request request, Deadline deadline,
                      std::optional<http::Response>& response) {
    response = co_await handler.handle(std::move(request), deadline);
}

/// An issuer on a folder, and the way of requests to it; made again, it is a restart.
class Running {
 public:
    Running(VirtualEnv& env, const std::string& folder) : env_(env) {
        auto secrets = load_or_make_secrets(folder, env);
        EXPECT_TRUE(secrets) << secrets.error().detail;
        service_secret = secrets->service_secret;
        auto database = sql::SqliteDatabase::open(env, {.path = folder + "/identity.db"});
        EXPECT_TRUE(database) << database.error().message;
        database_ = std::move(*database);
        faulty_ = std::make_unique<service::testing::FaultyDatabase>(*database_, faults);
        auto identity = Identity::open({.issuer = issuer_of("127.0.0.1:8080")}, std::move(*secrets),
                                       env, telemetry::nowhere(), *faulty_);
        EXPECT_TRUE(identity) << identity.error().detail;
        identity_ = std::move(*identity);
        identity_->routes(routes_);
        authenticator_ = std::make_unique<auth::Authenticator>(
            env, telemetry::nowhere(),
            std::vector<auth::Authenticator::Issuer>{
                {identity_->token_rules(), identity_->keys()}});
        api_ = std::make_unique<service::Api>(env, telemetry::nowhere(), *authenticator_, routes_,
                                              service::Api::Options{});
    }

    Reply send(http::Request request) {
        if (request.peer_address.empty()) request.peer_address = "127.0.0.1";
        std::optional<http::Response> response;
        boost::asio::co_spawn(
            env_.loop(0).executor(),
            ask(*api_, std::move(request),
                Deadline::after(env_.monotonic(), std::chrono::seconds(5)), response),
            boost::asio::detached);
        while (!response && env_.run_one()) {
        }
        EXPECT_TRUE(response);
        return {std::move(response).value()};
    }
    Reply get(const std::string& path, const Fields& query = {}, const Fields& headers = {}) {
        http::Request request;
        request.path = path;
        request.query = form_of(query);
        for (const auto& [name, value] : headers) request.headers.add(name, value);
        return send(std::move(request));
    }
    Reply post(const std::string& path, const Fields& fields, const Fields& headers = {},
               const std::string& address = "127.0.0.1") {
        http::Request request;
        request.method = "POST";
        request.path = path;
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        for (const auto& [name, value] : headers) request.headers.add(name, value);
        request.body = http::Body(form_of(fields));
        request.peer_address = address;
        return send(std::move(request));
    }
    Reply token(const Fields& fields) { return post(protocol + "token", fields); }
    Reply password(const std::string& user, const std::string& scope = "",
                   const std::string& word = "waybill") {
        return token({{"grant_type", "password"},
                      {"client_id", "waybill-cli"},
                      {"username", user},
                      {"password", word},
                      {"scope", scope}});
    }
    Reply refresh(const std::string& refresh_token, const std::string& scope = "",
                  const std::string& client = "waybill-cli") {
        return token({{"grant_type", "refresh_token"},
                      {"client_id", client},
                      {"refresh_token", refresh_token},
                      {"scope", scope}});
    }
    /// Who a verifier in the same process takes the bearer for; nobody when it refuses.
    http::Principal caller(const std::string& access_token) {
        http::Request request;
        request.headers.add("Authorization", "Bearer " + access_token);
        const auto outcome = authenticator_->try_authenticate(request);
        return outcome && *outcome ? (**outcome)->principal : http::Principal{};
    }

    std::string service_secret;
    service::testing::FaultySession::Plan faults;

 private:
    VirtualEnv& env_;
    std::unique_ptr<sql::SqliteDatabase> database_;
    std::unique_ptr<service::testing::FaultyDatabase> faulty_;
    std::unique_ptr<Identity> identity_;
    http::Routes routes_{"identity"};
    std::unique_ptr<auth::Authenticator> authenticator_;
    std::unique_ptr<service::Api> api_;
};

/// The keys are made once for all tests: each starts from a copy of the folder that holds them.
inline const Folder& keys_folder() {
    static const Folder folder;
    static const bool made = [] {
        auto env = VirtualEnv::create(1, start_time);
        return load_or_make_secrets(folder.path(), *env).has_value();
    }();
    EXPECT_TRUE(made);
    return folder;
}

class IdentityTest : public ::testing::Test {
 protected:
    IdentityTest() {
        std::filesystem::copy(keys_folder().path(), folder_.path(),
                              std::filesystem::copy_options::recursive);
        restart();
    }
    void restart() {
        issuer_.reset();
        issuer_ = std::make_unique<Running>(*env_, folder_.path());
    }
    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(7, start_time);
    Folder folder_;
    std::unique_ptr<Running> issuer_;
};

}  // namespace waybill::identity::testing
