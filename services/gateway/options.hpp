#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "chassis/base/time.hpp"
#include "chassis/resilience/bulkhead.hpp"
#include "chassis/resilience/limiter.hpp"
#include "chassis/resilience/shedder.hpp"

namespace waybill::gateway {

/// How a gateway behaves for all of its routes.
struct Options {
    /// Names that `Host` may have, with the port: `localhost:8080`, or `localhost:*` for any.
    /// Empty refuses every request.
    std::vector<std::string> hosts = {};
    /// Proxies whose `Forwarded` and `X-Forwarded-*` are believed: addresses or CIDR blocks.
    std::vector<std::string> trusted_proxies = {};
    /// Origins of the console, as a browser sends them: `http://localhost:8080`.
    std::vector<std::string> console_origins = {};

    resilience::Rate rate = {};  ///< a subject; a client of public routes
    std::size_t rate_keys_max = 65'536;
    Duration timeout = std::chrono::seconds(5);      ///< of a route that names none
    resilience::Bulkhead::Options concurrency = {};  ///< of a route
    /// Requests with `Prefer: wait` at once; above it they are answered without waiting.
    std::size_t waiters_max = 4096;
    resilience::LoadShedder::Options shedding = {};
    /// A 503 is kept back so long, but for no more than half of the time that its caller has left:
    /// clients that ask again at once ask so much less often, and one that waits as long as
    /// Retry-After says loses nothing. Above so many at once none is; zero: never.
    Duration refusal_pause = std::chrono::milliseconds(600);
    std::size_t paused_refusals_max = 4096;
    std::uint64_t body_bytes_max = 1024 * 1024;  ///< of a request, where its size is known
    std::string name = "waybill";                ///< in `Via`
    bool access_log = true;
};

/// The names a browser or a tool on this machine uses for `port`.
std::vector<std::string> loopback_hosts(std::uint16_t port);

}  // namespace waybill::gateway
