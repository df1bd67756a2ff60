#pragma once
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chassis/auth/auth_testing.hpp"
#include "chassis/auth/authenticator.hpp"
#include "chassis/runtime/virtual_env.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/upstream_testing.hpp"

namespace waybill::gateway::testing {

/// A gateway in virtual time in front of one scripted upstream named `orders`.
class GatewayTest : public ::testing::Test {
 protected:
    GatewayTest() { keys_.set(auth::testing::key_set(auth::testing::issuer_key())); }

    Gateway& gateway() {
        if (!gateway_)
            gateway_ =
                std::make_unique<Gateway>(options_, *env_, telemetry(), authenticator(), routes_,
                                          Gateway::Upstreams{{"orders", &upstream_}});
        return *gateway_;
    }
    virtual telemetry::Telemetry& telemetry() { return telemetry::nowhere(); }
    auth::Authenticator& authenticator() {
        if (!authenticator_) {
            std::vector<auth::Authenticator::Issuer> issuers;
            issuers.push_back({auth::testing::test_rules(), keys_});
            authenticator_ = std::make_unique<auth::Authenticator>(*env_, telemetry::nowhere(),
                                                                   std::move(issuers));
        }
        return *authenticator_;
    }

    /// Begins a request; its answer is there once enough virtual time has passed.
    std::shared_ptr<std::optional<Answer>> begin(http::Request request) {
        return begin(gateway(), std::move(request));
    }
    std::shared_ptr<std::optional<Answer>> begin(http::Handler& handler, http::Request request) {
        auto out = std::make_shared<std::optional<Answer>>();
        boost::asio::co_spawn(env_->loop(0).executor(), ask(*env_, handler, std::move(request)),
                              [out](std::exception_ptr failed, Answer answer) {
                                  if (failed) std::rethrow_exception(failed);
                                  *out = std::move(answer);
                              });
        return out;
    }
    Answer send(http::Request request) { return send(gateway(), std::move(request)); }
    Answer send(http::Handler& handler, http::Request request) {
        auto answer = begin(handler, std::move(request));
        for (int i = 0; i < 100'000 && !*answer; ++i) env_->run_for(std::chrono::milliseconds(1));
        return answer->value();
    }

    static http::Request request(std::string method, std::string path,
                                 std::vector<std::pair<std::string, std::string>> fields = {}) {
        http::Request request;
        request.method = std::move(method);
        request.path = std::move(path);
        request.peer_address = "192.0.2.7";
        request.peer_port = 50'000;
        request.headers.add("Host", "localhost:8080");
        for (const auto& [name, value] : fields) request.headers.add(name, value);
        return request;
    }
    http::Request authorised(std::string method, std::string path,
                             std::vector<std::pair<std::string, std::string>> fields = {},
                             const auth::testing::Forge::Claims& claims = {}) {
        fields.emplace_back("Authorization", "Bearer " + auth::testing::forge().token(claims));
        return request(std::move(method), std::move(path), std::move(fields));
    }
    const http::Request& forwarded() { return upstream_.requests.back(); }
    std::string forwarded(std::string_view name) {
        return std::string(forwarded().headers.get(name).value_or(""));
    }

    static GatewayRoute route(std::string method, std::string path, std::string scope,
                              std::string role = "") {
        GatewayRoute route;
        route.method = std::move(method);
        route.path = std::move(path);
        route.upstream = "orders";
        route.scope = std::move(scope);
        route.role = std::move(role);
        return route;
    }
    GatewayRoute& route_at(std::string_view path) {
        for (GatewayRoute& route : routes_)
            if (route.path == path) return route;
        throw std::out_of_range(std::string(path));
    }

    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, auth::testing::test_now);
    ScriptedUpstream upstream_{*env_};
    Options options_{.hosts = loopback_hosts(8080), .access_log = false};
    std::vector<GatewayRoute> routes_{
        route("GET", "/v1/orders", "orders.read"), route("POST", "/v1/orders", "orders.write"),
        route("GET", "/v1/orders/{id}", "orders.read"),
        route("POST", "/v1/orders/{id}/ship", "orders.write", "operator"),
        route("GET", "/open", "public")};

 private:
    auth::LocalKeySource keys_;
    std::unique_ptr<auth::Authenticator> authenticator_;
    std::unique_ptr<Gateway> gateway_;
};

}  // namespace waybill::gateway::testing
