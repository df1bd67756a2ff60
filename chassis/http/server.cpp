#include "chassis/http/server.hpp"

#include <fmt/format.h>

#include <future>
#include <vector>

#include "chassis/http/server_loop.hpp"
#include "chassis/runtime/async.hpp"

namespace waybill::http {
namespace {

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

Result<Tcp::endpoint> endpoint_of(const ServerOptions& options) {
    boost::system::error_code error;
    const std::string text = options.address == "localhost" ? "127.0.0.1" : options.address;
    const auto address = asio::ip::make_address(text, error);
    if (!error) return Tcp::endpoint(address, options.port);
    return fail(Problem::unavailable,
                fmt::format("{} is not an IP address to listen on.", options.address));
}

tl::unexpected<Error> cannot_listen(const Tcp::endpoint& where,
                                    const boost::system::error_code& error) {
    const std::string address = where.address().to_string();
    const std::string place = where.address().is_v6()
                                  ? fmt::format("[{}]:{}", address, where.port())
                                  : fmt::format("{}:{}", address, where.port());
    if (error == asio::error::address_in_use)
        return fail(Problem::unavailable,
                    fmt::format("Cannot listen on {}: the port is in use by another process. Stop "
                                "it, or choose another port.",
                                place));
    return fail(Problem::unavailable,
                fmt::format("Cannot listen on {}: {}.", place, error.message()));
}

/// With SO_REUSEPORT alone a second server would silently share the port, so a plain bind must
/// succeed first. It never listens: who connected to it would be reset when it is closed. Returns
/// the port, chosen by the system when none was asked for.
boost::system::error_code find_free_port(IoExecutor executor, Tcp::endpoint& where) {
    Acceptor plain(executor);
    boost::system::error_code error;
    plain.open(where.protocol(), error);
    if (!error) plain.set_option(Acceptor::reuse_address(true), error);
    if (!error) plain.bind(where, error);
    if (!error) where = plain.local_endpoint(error);
    return error;
}

boost::system::error_code listen(Acceptor& acceptor, const Tcp::endpoint& where) {
    boost::system::error_code error;
    acceptor.open(where.protocol(), error);
    if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
    if (!error) acceptor.set_option(ReusePort(true), error);
    if (!error) acceptor.bind(where, error);
    if (!error) acceptor.listen(Acceptor::max_listen_connections, error);
    if (!error) acceptor.non_blocking(true, error);
    // Accepted sockets inherit it.
    if (!error) acceptor.set_option(Tcp::no_delay(true), error);
    return error;
}

class ServerImpl final : public Server {
 public:
    ServerImpl(Env& env, Handler& handler, ServerOptions options, telemetry::Telemetry& telemetry)
        : shared_{env, handler, telemetry, std::move(options)} {}

    ~ServerImpl() override {
        if (drained_) return;
        std::vector<std::future<void>> ends;
        for (auto& loop : loops_) {
            auto ended = std::make_unique<std::promise<void>>();
            ends.push_back(ended->get_future());
            post(*loop, [&loop = *loop, e = std::move(ended)]() mutable {
                loop.cut([e = std::move(e)] { e->set_value(); });
            });
        }
        for (auto& end : ends) end.wait();
    }

    Status open() {
        const auto where = endpoint_of(shared_.options);
        if (!where) return fail(where.error());
        // A port that the system chose may be taken again before it is bound for good.
        for (int attempts_left = where->port() == 0 ? 20 : 1;; --attempts_left) {
            Tcp::endpoint chosen = *where;
            boost::system::error_code error =
                find_free_port(io_executor(shared_.env.loop(0)), chosen);
            std::vector<Acceptor> acceptors;
            if (!error) error = listen_on_each_loop(chosen, acceptors);
            if (!error) {
                serve(chosen.port(), std::move(acceptors));
                return {};
            }
            if (attempts_left == 1 || error != asio::error::address_in_use)
                return cannot_listen(chosen, error);
        }
    }

    std::uint16_t port() const override { return port_; }
    ServerCounts counts() const override {
        ServerCounts sum;
        for (const auto& loop : loops_) loop->probe().add_to(sum);
        return sum;
    }
    void announce_close() override { shared_.closing.store(true, std::memory_order_relaxed); }

    Task<void> drain(Deadline deadline) override {
        announce_close();
        std::vector<std::shared_ptr<OneShot<bool>>> ends;  // shared with the loops' callbacks
        for (auto& loop : loops_) {
            auto ended = ends.emplace_back(std::make_shared<OneShot<bool>>());
            post(*loop, [&loop = *loop, ended] { loop.drain([ended] { ended->set(true); }); });
        }
        std::vector<ServerLoop*> late;
        for (std::size_t i = 0; i < ends.size(); ++i)
            if (!co_await get_until(shared_.env, ends[i], deadline))
                late.push_back(loops_[i].get());
        if (!late.empty()) co_await cut_off(std::move(late));
        drained_ = true;
    }

 private:
    /// All at once: what goes on at one loop may keep another's from ending.
    Task<void> cut_off(std::vector<ServerLoop*> loops) {
        shared_.telemetry.log().warn(
            "Not everything ended in the time that a drain has; the rest is cut off",
            {{"waybill.count", counts().open}});
        std::vector<std::shared_ptr<OneShot<bool>>> ends;  // shared with the loops' callbacks
        for (ServerLoop* const loop : loops) {
            auto cut = ends.emplace_back(std::make_shared<OneShot<bool>>());
            post(*loop, [loop, cut] { loop->cut([cut] { cut->set(true); }); });
        }
        for (auto& cut : ends) co_await OneShot<bool>::get(std::move(cut));
    }
    boost::system::error_code listen_on_each_loop(const Tcp::endpoint& where,
                                                  std::vector<Acceptor>& acceptors) {
        for (std::size_t i = 0; i < shared_.env.loop_count(); ++i) {
            acceptors.emplace_back(io_executor(shared_.env.loop(i)));
            if (auto error = listen(acceptors.back(), where)) return error;
        }
        return {};
    }
    void serve(std::uint16_t port, std::vector<Acceptor> acceptors) {
        port_ = port;
        for (std::size_t i = 0; i < acceptors.size(); ++i)
            loops_.push_back(std::make_unique<ServerLoop>(shared_, shared_.env.loop(i),
                                                          std::move(acceptors[i])));
        for (auto& loop : loops_) post(*loop, [&loop = *loop] { loop.accept(); });
    }
    void post(ServerLoop& loop, Callback callback) {
        for (std::size_t i = 0; i < loops_.size(); ++i)
            if (loops_[i].get() == &loop) return shared_.env.loop(i).post(std::move(callback));
    }

    ServerShared shared_;
    std::vector<std::unique_ptr<ServerLoop>> loops_;
    std::uint16_t port_ = 0;
    bool drained_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(Env& env, Handler& handler, ServerOptions options,
                                              telemetry::Telemetry& telemetry) {
    auto server = std::make_unique<ServerImpl>(env, handler, std::move(options), telemetry);
    if (auto opened = server->open(); !opened) return fail(std::move(opened.error()));
    return server;
}

}  // namespace waybill::http
