#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "chassis/http/client_table.hpp"
#include "chassis/http/connection.hpp"
#include "chassis/http/serializer.hpp"
#include "chassis/http/server.hpp"
#include "chassis/http/server_probe.hpp"
#include "chassis/http/sockets.hpp"
#include "chassis/http/timeouts.hpp"
#include "chassis/runtime/callback.hpp"
#include "chassis/runtime/turn_wait.hpp"

namespace waybill::http {

/// What all loops of one server share.
struct ServerShared {
    Env& env;
    Handler& handler;
    telemetry::Telemetry& telemetry;
    const ServerOptions options;
    ClientTable clients{options.limits.connections, options.limits.connections_per_client};
    std::atomic<bool> closing{false};  ///< answers say `Connection: close`
};

/// One loop's part of a server: its acceptor, its connections, and what they share. Everything but
/// the constructor and the destructor on the loop's thread; destroyed only after it has ended.
class ServerLoop {
 public:
    ServerLoop(ServerShared& shared, Loop& loop, Acceptor acceptor);
    ServerLoop(const ServerLoop&) = delete;
    ServerLoop& operator=(const ServerLoop&) = delete;
    ~ServerLoop();

    void accept();
    /// Accepts no more, closes idle connections; `ended` is called once nothing is left.
    void drain(Callback ended);
    /// As drain, and breaks every connection off.
    void cut(Callback ended);

    ServerShared& shared() { return shared_; }
    const ServerProbe& probe() const { return probe_; }

 private:
    friend class Connection;
    void take_waiting();
    void take(Socket socket);
    /// Whether requests wait long for their turn here.
    bool late();
    bool admit(Socket& socket, const asio::ip::address& client);
    void stop_accepting();
    void add(Connection& connection);
    /// Destroys it.
    void remove(Connection& connection);
    void check_ended();
    std::unique_ptr<Workspace> borrow();
    void give_back(std::unique_ptr<Workspace> workspace);
    MonoTime now() { return shared_.env.monotonic(); }

    ServerShared& shared_;
    Loop& loop_;
    const asio::any_io_executor executor_;
    Acceptor acceptor_;
    Tcp::endpoint peer_;
    bool accepting_ = false;  ///< an accept is under way
    bool draining_ = false;
    TimerId retry_ = 0;  ///< accepts again when descriptors ran out
    Timeouts timeouts_;
    TurnWait turn_;
    DateCache date_;
    ServerProbe probe_;
    std::vector<std::unique_ptr<Workspace>> spare_;
    Connection* first_ = nullptr;
    std::vector<Callback> ended_;
};

}  // namespace waybill::http
