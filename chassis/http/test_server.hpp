#pragma once
#include <boost/asio.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "chassis/http/raw_peer_testing.hpp"
#include "chassis/http/server.hpp"
#include "chassis/runtime/real_env.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::http {

/// A handler that is one function, for tests.
class FunctionHandler final : public Handler {
 public:
    using Function = std::function<Task<Response>(Request, Deadline)>;
    explicit FunctionHandler(Function function) : function_(std::move(function)) {}
    Task<Response> handle(Request request, Deadline deadline) override {
        return function_(std::move(request), deadline);
    }

 private:
    Function function_;
};

/// A server on a free port of this machine, over a real Env of its own.
class TestServer {
 public:
    explicit TestServer(FunctionHandler::Function function, ServerLimits limits = {},
                        std::size_t loops = 1,
                        telemetry::Telemetry& telemetry = telemetry::nowhere())
        : env_(RealEnv::start(loops)), handler_(std::move(function)) {
        ServerOptions options;
        options.limits = limits;
        auto started = Server::start(*env_, handler_, options, telemetry);
        if (!started) ADD_FAILURE() << started.error().detail;
        server_ = std::move(*started);
    }
    ~TestServer() {
        server_.reset();
        env_->stop();
    }

    Env& env() { return *env_; }
    Server& server() { return *server_; }
    RawPeer connect() { return RawPeer::connect(server_->port()); }
    Deadline deadline(Duration left = std::chrono::seconds(30)) {
        return Deadline::after(env_->monotonic(), left);
    }
    /// Runs a task on loop 0 to its end.
    template <class T>
    T run(Task<T> task) {
        return boost::asio::co_spawn(env_->loop(0).executor(), std::move(task),
                                     boost::asio::use_future)
            .get();
    }

 private:
    std::unique_ptr<RealEnv> env_;
    FunctionHandler handler_;
    std::unique_ptr<Server> server_;
};

}  // namespace waybill::http
