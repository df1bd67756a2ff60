#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "chassis/base/error.hpp"
#include "chassis/base/time.hpp"
#include "chassis/http/handler.hpp"
#include "chassis/http/limits.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/runtime/task_fwd.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::http {

struct ServerOptions {
    std::string address = "127.0.0.1";  ///< an IP address, or `localhost`
    std::uint16_t port = 0;             ///< 0: any free one, see Server::port()
    ServerLimits limits;
    /// What a handler gets as its deadline; the frame shortens or lengthens it.
    Duration default_deadline = std::chrono::seconds(5);
};

/// What a server has done since its start; sums over all loops.
struct ServerCounts {
    std::uint64_t accepted = 0;     ///< connections
    std::uint64_t turned_away = 0;  ///< connections above a cap
    std::uint64_t requests = 0;     ///< handed to the handler
    std::uint64_t refused = 0;      ///< malformed, too large or too slow
    std::uint64_t open = 0;         ///< connections now
};

/// Serves HTTP/1.1 on every loop of an Env. A request is handled even when its client has closed
/// its side, unless requests wait long for their turn: then nobody is taken to wait for an answer.
/// A connection stays on the loop that accepted it, and so do its handler calls. Start and destroy
/// it off the loops, before the Env stops.
class Server {
 public:
    /// Binds and accepts at once. A port that is taken, or an address that is not this machine's,
    /// is an error that says so. `handler` and `telemetry` outlive the server.
    static Result<std::unique_ptr<Server>> start(Env& env, Handler& handler, ServerOptions options,
                                                 telemetry::Telemetry& telemetry);
    virtual ~Server() = default;  ///< cuts off what still runs, and blocks until it has ended

    virtual std::uint16_t port() const = 0;
    virtual ServerCounts counts() const = 0;
    /// From now on every answer carries `Connection: close`; new connections are still taken. From
    /// any thread.
    virtual void announce_close() = 0;
    /// Stops accepting, closes idle connections, waits for running requests until the deadline,
    /// then cuts off the rest. Call once, on a loop.
    virtual Task<void> drain(Deadline deadline) = 0;
};

}  // namespace waybill::http
