#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "chassis/http/handler.hpp"
#include "chassis/http/limits.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/metrics.hpp"

namespace waybill::http {

class ClientPool;

struct ClientOptions {
    std::string host;  ///< a name or an IP address, without brackets
    std::uint16_t port = 80;
    ClientLimits limits;
    telemetry::Meter* meter = nullptr;  ///< where it counts; nothing: nowhere
};

/// Sends requests to one `http://` host over kept connections, a pool for each loop. The connection
/// that a request uses belongs to the loop that calls; many calls at once. A request on a kept
/// connection that turns out dead is sent once more, when nothing came back and it is safe
/// (idempotent method, or no byte left), and its body is at hand.
///
/// The request's `Host` is kept when it has one, else made from the options; framing and
/// connection fields are the client's own. `Response::origin` tells answers of the other side from
/// failures on the way. A streamed answer holds its connection until it is read or destroyed.
class Client final : public Handler, public Transport {
 public:
    using Options = ClientOptions;
    Client(Env& env, Options options);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    /// No request may be running. Blocks until its connections are closed: off the loops, before
    /// the Env stops.
    ~Client() override;

    Task<Response> handle(Request request, Deadline deadline) override;
    Task<Response> send(Request& request, Deadline deadline) override;

    /// Breaks every request and answer under way off, as if its time were up; new ones are turned
    /// away. From any thread; soon afterwards nothing runs any more.
    void cut();

    /// Connections that are open now, over all loops.
    std::size_t open_connections() const;

 private:
    Env& env_;
    std::vector<std::unique_ptr<ClientPool>> pools_;
};

}  // namespace waybill::http
