#include <gtest/gtest.h>

#include <future>
#include <string>

#include "chassis/http/test_server.hpp"
#include "chassis/runtime/async.hpp"

namespace waybill::http {
namespace {

using Gate = std::shared_ptr<OneShot<bool>>;  // shared with the handler that waits at it

Task<Response> wait_at(Gate gate, std::promise<void>& arrived) {
    arrived.set_value();
    co_await OneShot<bool>::get(gate);
    co_return Response{};
}

Task<Response> at_once() {
    co_return Response{};
}

TEST(ServerDrain, ClosesIdleConnectionsAndLetsARunningRequestFinish) {
    auto gate = std::make_shared<OneShot<bool>>();
    std::promise<void> arrived;
    TestServer server([&](Request request, Deadline) {
        return request.path == "/wait" ? wait_at(gate, arrived) : at_once();
    });
    RawPeer idle = server.connect();
    RawPeer served = server.connect();
    ASSERT_TRUE(served.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    served.read_response();
    RawPeer busy = server.connect();
    ASSERT_TRUE(busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
    arrived.get_future().wait();
    auto drained = std::async(std::launch::async,
                              [&] { server.run(server.server().drain(server.deadline())); });
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_EQ(served.read_to_end(), "");
    gate->set(true);
    const std::string response = busy.read_to_end();
    EXPECT_TRUE(response.starts_with("HTTP/1.1 200 "));
    EXPECT_NE(response.find("Connection: close"), std::string::npos);
    drained.get();
    EXPECT_EQ(server.server().counts().open, 0U);
}

TEST(ServerDrain, CutsOffWhatRunsBeyondTheDeadline) {
    std::promise<void> arrived;
    auto gate = std::make_shared<OneShot<bool>>();
    TestServer server([&](Request, Deadline) { return wait_at(gate, arrived); });
    RawPeer busy = server.connect();
    ASSERT_TRUE(busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    arrived.get_future().wait();
    auto drained = std::async(std::launch::async, [&] {
        server.run(server.server().drain(server.deadline(std::chrono::milliseconds(20))));
    });
    EXPECT_EQ(busy.read_to_end(), "");
    gate->set(true);
    drained.get();
}

TEST(ServerDrain, SaysCloseBeforeItDrains) {
    TestServer server([](Request, Deadline) { return at_once(); });
    server.server().announce_close();
    RawPeer peer = server.connect();
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_NE(peer.read_to_end().find("Connection: close"), std::string::npos);
}

TEST(ServerDrain, DestroyingAServerCutsItsConnections) {
    auto server = std::make_unique<TestServer>([](Request, Deadline) { return at_once(); });
    RawPeer peer = server->connect();
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    peer.read_response();
    server.reset();
    EXPECT_EQ(peer.read_to_end(), "");
}

}  // namespace
}  // namespace waybill::http
