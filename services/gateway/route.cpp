#include "services/gateway/route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "chassis/http/wire.hpp"
#include "services/gateway/path_template.hpp"

namespace waybill::gateway {
namespace {

/// A plain prefix: `/legacy`, `/a/b`.
bool is_prefix(std::string_view text) {
    return text.starts_with('/') && !text.ends_with('/') && !is_prefix_template(text) &&
           is_path_template(text) && text.find('{') == std::string_view::npos;
}

bool are_fields(const FieldList& fields) {
    return std::all_of(fields.begin(), fields.end(), [](const auto& field) {
        return http::is_token(field.first) && http::is_field_value(field.second);
    });
}

class Check {
 public:
    Check(const GatewayRoute& route, std::vector<std::string>& faults)
        : route_(route), faults_(faults) {}
    void that(bool holds, std::string_view sentence) {
        if (!holds) faults_.push_back(fmt::format("route {}: {}", describe(route_), sentence));
    }

 private:
    const GatewayRoute& route_;
    std::vector<std::string>& faults_;
};

void check_route(const GatewayRoute& route, const std::vector<std::string>& upstreams,
                 std::vector<std::string>& faults) {
    Check check(route, faults);
    check.that(http::is_token(route.method), "the method is not an HTTP method");
    check.that(is_path_template(route.path), "the path is not a template that begins with /");
    check.that(!route.scope.empty(), "it has no auth rule: write a scope, or public");
    check.that(route.scope != "public" || route.role.empty(),
               "it is public and demands a role: nobody could prove it");
    check.that(std::find(upstreams.begin(), upstreams.end(), route.upstream) != upstreams.end(),
               fmt::format("there is no upstream '{}'", route.upstream));
    check.that(route.timeout >= Duration::zero(), "the timeout is negative");
    check.that(
        !route.rate || route.rate->sound(),
        "its rate is not 1 to 1,000,000 a window with a burst that is had back within a year");
    check.that(route.strip_prefix.empty() || is_prefix(route.strip_prefix),
               "strip_prefix is not a path like /a/b");
    check.that(
        route.strip_prefix.empty() || (route.path + "/").starts_with(route.strip_prefix + "/"),
        "strip_prefix is not the beginning of its path");
    check.that(route.add_prefix.empty() || is_prefix(route.add_prefix),
               "add_prefix is not a path like /a/b");
    check.that(are_fields(route.set_headers) && are_fields(route.set_response_headers),
               "a header to set is malformed");
    check.that(std::all_of(route.remove_headers.begin(), route.remove_headers.end(),
                           [](const std::string& name) { return http::is_token(name); }),
               "a header to remove is malformed");
}

}  // namespace

std::string describe(const GatewayRoute& route) {
    return fmt::format("{} {}{}", route.method, route.host, route.path);
}

std::vector<GatewayRoute> routes_of(const http::Routes& table, const std::string& upstream) {
    std::vector<GatewayRoute> routes;
    routes.reserve(table.all().size());
    for (const http::Route& from : table.all()) {
        GatewayRoute route;
        route.method = from.method;
        route.path = from.path;
        route.upstream = upstream;
        route.scope = from.spec.scope;
        route.role = from.spec.role;
        route.importance = static_cast<resilience::Importance>(from.spec.priority);
        route.streams = from.spec.streams;
        routes.push_back(std::move(route));
    }
    return routes;
}

std::vector<std::string> faults_of(const std::vector<GatewayRoute>& routes,
                                   const std::vector<std::string>& upstreams) {
    std::vector<std::string> faults;
    std::set<std::string> seen;
    for (const GatewayRoute& route : routes) {
        check_route(route, upstreams, faults);
        const bool fresh =
            seen.insert(fmt::format("{} {} {}", route.method, route.host, shape_of(route.path)))
                .second;
        Check(route, faults).that(fresh, "another route has the same method, host and path");
    }
    return faults;
}

}  // namespace waybill::gateway
