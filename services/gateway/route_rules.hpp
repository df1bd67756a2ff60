#pragma once
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "services/gateway/route.hpp"

namespace waybill::gateway {

/// One entry of a deployment's routes file. With the method and path of a default route it
/// tightens that route; otherwise it adds one, which must name its upstream and its scope.
struct RouteRule {
    std::string place = {};  ///< for messages: `routes.toml:12`
    std::string method = {};
    std::string path = {};
    std::string host = {};
    std::string upstream = {};              ///< empty: the default route's
    std::optional<std::string> scope = {};  ///< `auth` in the file: a scope, or `public`
    std::optional<std::string> role = {};
    std::optional<resilience::Rate> rate = {};
    std::optional<Duration> timeout = {};
    std::optional<std::size_t> concurrency_max = {};
    bool closed = false;  ///< the default route answers 404
    std::string strip_prefix = {};
    std::string add_prefix = {};
    FieldList set_query = {};
    FieldList set_headers = {};
    std::vector<std::string> remove_headers = {};
    FieldList set_response_headers = {};
};

/// The default routes with a deployment's rules applied, or every fault, a sentence each with the
/// rule's place. A rule may tighten, never loosen: the scope stays, the role can only grow, rates,
/// timeouts and concurrency can only shrink. The same holds for an added route that reaches a
/// path, before or after its prefixes are rewritten, which a default route covers.
tl::expected<std::vector<GatewayRoute>, std::vector<std::string>> apply_rules(
    std::vector<GatewayRoute> defaults, const std::vector<RouteRule>& rules,
    const resilience::Rate& gateway_rate, Duration gateway_timeout);

}  // namespace waybill::gateway
