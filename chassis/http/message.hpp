#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/base/time.hpp"
#include "chassis/base/trace_context.hpp"
#include "chassis/http/body.hpp"
#include "chassis/http/headers.hpp"

namespace waybill::http {

/// A request, as the server read it or as the client will send it.
struct Request {
    std::string method = "GET";
    /// Normalised absolute path (`gateway.md` stage 3), never with a query.
    std::string path = "/";
    /// Without the `?`, as received; empty when none.
    std::string query;
    Headers headers;
    Body body;

    std::string peer_address;  ///< of the connection: `127.0.0.1`
    std::uint16_t peer_port = 0;
    bool secure = false;  ///< came by TLS
    TraceContext trace;   ///< the server span of this request
};

/// One that can be handed over while `request` is kept; a body that is pulled goes with it.
Request copy_to_hand_over(Request& request);

/// Where a response comes from: only `upstream` was said by the other side. The client makes the
/// others itself (as problem responses), so that a breaker or a retry can tell them apart.
enum class Origin : std::uint8_t {
    upstream,
    connect_failed,  ///< no connection: nothing was sent (502)
    timed_out,       ///< the deadline passed (504)
    protocol_error,  ///< the connection broke, or what came was not valid HTTP (502)
    overloaded,      ///< the client's own connection limit: nothing was sent (503)
    circuit_open,    ///< a breaker in front of the client refused: nothing was sent (503)
};

struct Response {
    std::uint16_t status = 200;
    Headers headers;
    Body body;
    Origin origin = Origin::upstream;
};

}  // namespace waybill::http
