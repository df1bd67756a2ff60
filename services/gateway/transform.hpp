#pragma once
#include <string>

#include "chassis/http/message.hpp"
#include "services/gateway/addresses.hpp"
#include "services/gateway/exchange.hpp"

namespace waybill::gateway {

/// What a request and its answer become on their way through.
class Transform {
 public:
    /// `name` stands for this gateway in `Via`.
    explicit Transform(std::string name) : via_("1.1 " + std::move(name)) {}

    /// The request as the upstream gets it: path and query by the route, `Via`, the way so far
    /// (continued after what a trusted peer told), the trace (as `Request::trace`; an HttpUpstream
    /// writes it), and the time that is left as `Request-Timeout`. Client fields that do not go on
    /// have been stripped before.
    void request(Exchange& exchange) const;
    /// The upstream's answer as the client gets it.
    void answer(const Exchange& exchange, http::Response& response) const;

 private:
    const std::string via_;
};

}  // namespace waybill::gateway
