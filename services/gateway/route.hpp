#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chassis/base/time.hpp"
#include "chassis/http/routes.hpp"
#include "chassis/resilience/limiter.hpp"
#include "chassis/resilience/shedder.hpp"

namespace waybill::gateway {

using FieldList = std::vector<std::pair<std::string, std::string>>;

/// One thing that the gateway lets through, and how. Deny by default: what matches no route is
/// refused, and a route without a scope does not load.
struct GatewayRoute {
    std::string method;
    /// As in http::Routes; it may end in `/*`, which matches everything below. Exact routes win.
    std::string path;
    std::string host;      ///< only for this `Host` name (without port); empty: any allowed
    std::string upstream;  ///< a name in the gateway's map of upstreams
    std::string scope;     ///< required; `public` must be written
    std::string role;      ///< required beside the scope; empty: any
    resilience::Importance importance = resilience::Importance::read;
    bool closed = false;   ///< 404 for everybody
    bool streams = false;  ///< the answer never ends by itself (SSE): it holds no slot
    Duration timeout{};    ///< zero: the gateway's
    std::optional<resilience::Rate> rate;  ///< a limit of its own, beside the gateway's
    std::size_t concurrency_max = 0;       ///< zero: the gateway's

    std::string strip_prefix;  ///< taken off the path, first
    std::string add_prefix;    ///< put before it
    FieldList set_query;       ///< parameters that replace the client's of the same name
    FieldList set_headers;     ///< of the request, replacing the client's
    std::vector<std::string> remove_headers;  ///< of the request
    FieldList set_response_headers;
};

/// The default routes of a service: its own table says who may do what.
std::vector<GatewayRoute> routes_of(const http::Routes& table, const std::string& upstream);

/// What is wrong with a set of routes, a sentence each, naming the route; empty: nothing.
/// `upstreams` are the names that exist.
std::vector<std::string> faults_of(const std::vector<GatewayRoute>& routes,
                                   const std::vector<std::string>& upstreams);

/// `GET /v1/orders/{id}`
std::string describe(const GatewayRoute& route);

}  // namespace waybill::gateway
