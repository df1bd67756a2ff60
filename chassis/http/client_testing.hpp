#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "chassis/http/client.hpp"
#include "chassis/http/raw_peer_testing.hpp"
#include "chassis/http/test_server.hpp"
#include "chassis/runtime/async.hpp"

/// A client against an upstream that the test plays.
namespace waybill::http::client_testing {

struct Got {
    std::uint16_t status = 0;
    Origin origin = Origin::upstream;
    std::string body;
    std::string header;
};

inline Task<Got> send(Client& client, Env& env, Request request, Duration limit) {
    const Deadline deadline = Deadline::after(env.monotonic(), limit);
    Response response = co_await client.handle(std::move(request), deadline);
    Got got{response.status, response.origin, {}, {}};
    got.header = std::string(response.headers.get("x").value_or(""));
    auto body = co_await read_all(response.body, 100'000'000, deadline);
    got.body = body ? std::move(*body) : "broken: " + body.error().detail;
    co_return got;
}

inline Request get(std::string path) {
    Request request;
    request.path = std::move(path);
    return request;
}

inline Request post(std::string body) {
    Request request;
    request.method = "POST";
    request.body = std::move(body);
    return request;
}

inline const std::string ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// An upstream that this test plays by hand.
class ClientTest : public ::testing::Test {
 protected:
    ClientTest() : env_(RealEnv::start(1)), acceptor_(context_) {
        acceptor_.open(RawPeer::Tcp::v4());
        acceptor_.bind({boost::asio::ip::address_v4::loopback(), 0});
        acceptor_.listen();
    }
    ~ClientTest() override {
        client_.reset();
        env_->stop();
    }

    Client& client(ClientLimits client_limits = {}) {
        if (!client_) {
            ClientOptions options{.host = "127.0.0.1",
                                  .port = acceptor_.local_endpoint().port(),
                                  .limits = client_limits};
            client_ = std::make_unique<Client>(*env_, options);
        }
        return *client_;
    }
    std::future<Got> start(Request request, Duration limit = std::chrono::seconds(30)) {
        return boost::asio::co_spawn(env_->loop(0).executor(),
                                     send(client(), *env_, std::move(request), limit),
                                     boost::asio::use_future);
    }
    RawPeer accept() { return RawPeer::accept(acceptor_); }
    /// The upstream's end of a connection that has carried a request and is kept.
    RawPeer accept_kept() {
        auto answer = start(get("/1"));
        RawPeer upstream = accept();
        upstream.read_until("\r\n\r\n");
        EXPECT_TRUE(upstream.send(ok_answer));
        EXPECT_EQ(answer.get().status, 200);
        return upstream;
    }

    boost::asio::io_context context_;
    std::unique_ptr<RealEnv> env_;
    RawPeer::Tcp::acceptor acceptor_;
    std::unique_ptr<Client> client_;
};

}  // namespace waybill::http::client_testing
