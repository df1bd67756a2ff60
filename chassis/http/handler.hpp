#pragma once
#include "chassis/http/message.hpp"
#include "chassis/runtime/task_fwd.hpp"

namespace waybill::http {

/// What answers requests: a router, the gateway, a test. One port for the server, the gateway's
/// upstreams in the same process, and the HTTP client behind `http://` upstreams.
class Handler {
 public:
    virtual ~Handler() = default;
    /// Answers; every failure is a response too. Runs on the loop that calls it; many at once.
    virtual Task<Response> handle(Request request, Deadline deadline) = 0;
};

/// What sends requests elsewhere: an HTTP client, a simulated network.
class Transport {
 public:
    virtual ~Transport() = default;
    /// The other side's answer, or a problem whose `origin` says what went wrong. `request`
    /// outlives the task, and can be sent again afterwards unless its body was pulled.
    virtual Task<Response> send(Request& request, Deadline deadline) = 0;
};

}  // namespace waybill::http
