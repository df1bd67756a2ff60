#pragma once
#include <optional>

#include "chassis/base/error.hpp"
#include "chassis/base/time.hpp"
#include "chassis/http/headers.hpp"

namespace waybill::gateway {

/// Whether the client asks to wait (`Prefer: wait=N`, RFC 7240), and how long: N clamped to 10 s.
std::optional<Duration> wait_asked_for(const http::Headers& headers);

/// The time that a request has: its `Request-Timeout`, else the route's `timeout`, which a wait of
/// N lengthens to N + 2 s. A malformed `Request-Timeout` is a 422.
Result<Duration> time_allowed(const http::Headers& headers, Duration timeout);

}  // namespace waybill::gateway
