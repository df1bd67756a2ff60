#include "services/gateway/route_table.hpp"

#include <algorithm>
#include <set>

#include "services/gateway/hosts.hpp"
#include "services/gateway/path_template.hpp"

namespace waybill::gateway {
namespace {

constexpr std::size_t prefix_end_size = 2;  // of `/*`

bool is_below(std::string_view path, std::string_view prefix) {
    return path.starts_with(prefix) && path.size() > prefix.size() && path[prefix.size()] == '/';
}

}  // namespace

RouteTable::RouteTable(const std::vector<GatewayRoute>& routes) {
    routes_.reserve(routes.size());
    std::set<std::string> hosts;
    for (const GatewayRoute& route : routes) {
        routes_.push_back({route.method, route.path, {}, nullptr, route.upstream});
        if (!route.host.empty()) hosts.insert(route.host);
    }
    for (const std::string& host : hosts) hosts_.push_back(build(host, routes));
    hosts_.push_back(build("", routes));
}

RouteTable::Names RouteTable::build(const std::string& host,
                                    const std::vector<GatewayRoute>& routes) const {
    Names names{host, nullptr, {}};
    std::vector<const http::Route*> exact;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const GatewayRoute& route = routes[i];
        if (route.host != host) continue;
        if (is_prefix_template(route.path))
            names.prefixes.push_back(
                {route.path.substr(0, route.path.size() - prefix_end_size), route.method, i});
        else
            exact.push_back(&routes_[i]);
    }
    std::sort(names.prefixes.begin(), names.prefixes.end(), [](const Prefix& a, const Prefix& b) {
        return std::pair(a.path.size(), b.route) > std::pair(b.path.size(), a.route);
    });
    names.index = std::make_unique<http::RouteIndex>(std::move(exact));
    return names;
}

RouteTable::Match RouteTable::find(std::string_view method, std::string_view host,
                                   std::string_view path) const {
    Match answer;
    const std::string_view name = hosts_.size() == 1 ? std::string_view{} : without_port(host);
    for (const Names& names : hosts_) {
        if (!names.host.empty() && !http::equal_ignoring_case(names.host, name)) continue;
        Match match = find_in(names, method, path);
        if (match.route != none) return match;
        if (answer.allow.empty()) answer.allow = std::move(match.allow);
    }
    return answer;
}

RouteTable::Match RouteTable::find_in(const Names& names, std::string_view method,
                                      std::string_view path) const {
    Match answer;
    if (const http::Route* exact = names.index->find_route(method, path)) {
        answer.route = static_cast<std::size_t>(exact - routes_.data());
        return answer;
    }
    answer.allow = names.index->find(method, path).allow;
    for (const Prefix& prefix : names.prefixes) {
        if (!is_below(path, prefix.path)) continue;
        if (prefix.method == method || (method == "HEAD" && prefix.method == "GET")) {
            answer.route = prefix.route;
            return answer;
        }
        if (answer.allow.find(prefix.method) == std::string::npos)
            answer.allow += (answer.allow.empty() ? "" : ", ") + prefix.method;
    }
    return answer;
}

}  // namespace waybill::gateway
