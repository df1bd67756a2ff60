#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/http/routes.hpp"
#include "services/gateway/route.hpp"

namespace waybill::gateway {

/// Finds the route of a request: by host, then by template (literals first), then by the longest
/// prefix. Immutable; shared by all loops.
class RouteTable {
 public:
    explicit RouteTable(const std::vector<GatewayRoute>& routes);

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    struct Match {
        std::size_t route = none;  ///< position in the constructor's list
        std::string allow;         ///< when none: methods that the path has; empty: no such path
    };
    /// `host` with or without its port; `path` normalised.
    Match find(std::string_view method, std::string_view host, std::string_view path) const;

 private:
    struct Prefix {
        std::string path;  // without `/*`
        std::string method;
        std::size_t route;
    };
    struct Names {
        std::string host;
        std::unique_ptr<http::RouteIndex> index;
        std::vector<Prefix> prefixes;  // longest first
    };
    Match find_in(const Names& names, std::string_view method, std::string_view path) const;
    Names build(const std::string& host, const std::vector<GatewayRoute>& routes) const;

    std::vector<http::Route> routes_;
    std::vector<Names> hosts_;  // the last one is for any host
};

}  // namespace waybill::gateway
