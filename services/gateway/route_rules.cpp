#include "services/gateway/route_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "services/gateway/path_template.hpp"

namespace waybill::gateway {
namespace {

using Faults = std::vector<std::string>;

/// What the whole gateway grants a route that says nothing.
struct Bounds {
    resilience::Rate rate;
    Duration timeout;
};

bool role_is_at_least(const std::string& demanded, const std::string& role) {
    return demanded.empty() || role == demanded || (demanded == "operator" && role == "admin");
}

/// Why `route` would let through what `base` does not; empty: it does not.
Faults loosened(const GatewayRoute& base, const GatewayRoute& route, const Bounds& bounds) {
    Faults faults;
    const auto add = [&](std::string why) { faults.push_back(std::move(why)); };
    if (base.scope != "public" && route.scope != base.scope)
        add(fmt::format("auth = \"{}\" is looser than \"{}\" of {}: its scope stays", route.scope,
                        base.scope, describe(base)));
    if (!role_is_at_least(base.role, route.role))
        add(fmt::format("role \"{}\" is looser than \"{}\" of {}", route.role, base.role,
                        describe(base)));
    if (route.rate && !route.rate->within(base.rate.value_or(bounds.rate)))
        add(fmt::format("its rate is above the one of {}", describe(base)));
    const auto timeout_of = [&](const GatewayRoute& r) {
        return r.timeout == Duration::zero() ? bounds.timeout : r.timeout;
    };
    if (timeout_of(route) > timeout_of(base))
        add(fmt::format("its timeout is longer than the one of {}", describe(base)));
    if (base.concurrency_max != 0 &&
        (route.concurrency_max == 0 || route.concurrency_max > base.concurrency_max))
        add(fmt::format("its concurrency is above the one of {}", describe(base)));
    return faults;
}

void put_transforms(GatewayRoute& route, const RouteRule& rule) {
    route.strip_prefix = rule.strip_prefix;
    route.add_prefix = rule.add_prefix;
    route.set_query = rule.set_query;
    route.set_headers = rule.set_headers;
    route.remove_headers = rule.remove_headers;
    route.set_response_headers = rule.set_response_headers;
}

GatewayRoute with_rule(GatewayRoute route, const RouteRule& rule) {
    if (!rule.upstream.empty()) route.upstream = rule.upstream;
    if (rule.scope) route.scope = *rule.scope;
    if (rule.role) route.role = *rule.role;
    if (rule.rate) route.rate = rule.rate;
    if (rule.timeout) route.timeout = *rule.timeout;
    if (rule.concurrency_max) route.concurrency_max = *rule.concurrency_max;
    put_transforms(route, rule);
    return route;
}

/// The default routes that a request for `route` might have reached without it.
std::vector<const GatewayRoute*> covered(const GatewayRoute& route,
                                         const std::vector<GatewayRoute>& defaults) {
    const std::string behind = rewrite(route.path, route.strip_prefix, route.add_prefix);
    std::vector<const GatewayRoute*> all;
    for (const GatewayRoute& base : defaults) {
        if (base.method != route.method && !(base.method == "GET" && route.method == "HEAD"))
            continue;
        const bool before = overlap(base.path, route.path);
        const bool after = base.upstream == route.upstream && overlap(base.path, behind);
        if (before || after) all.push_back(&base);
    }
    return all;
}

class Application {
 public:
    Application(std::vector<GatewayRoute> defaults, Bounds bounds)
        : defaults_(std::move(defaults)), routes_(defaults_), bounds_(bounds) {}

    void apply(const RouteRule& rule) {
        const auto base = std::find_if(routes_.begin(), routes_.end(), [&](const GatewayRoute& r) {
            return r.method == rule.method && r.host == rule.host &&
                   shape_of(r.path) == shape_of(rule.path);
        });
        if (rule.closed)
            close(rule, base);
        else if (base != routes_.end())
            tighten(rule, *base);
        else
            add(rule);
    }
    Faults faults;
    std::vector<GatewayRoute> take() { return std::move(routes_); }

 private:
    void fault(const RouteRule& rule, std::string_view why) {
        faults.push_back(
            fmt::format("{}: {} {}{}: {}", rule.place, rule.method, rule.host, rule.path, why));
    }
    void close(const RouteRule& rule, std::vector<GatewayRoute>::iterator base) {
        if (base == routes_.end())
            fault(rule, "there is no such route to close");
        else
            base->closed = true;
    }
    void tighten(const RouteRule& rule, GatewayRoute& base) {
        GatewayRoute route = with_rule(base, rule);
        check(rule, route);
        base = std::move(route);
    }
    void add(const RouteRule& rule) {
        if (rule.upstream.empty()) fault(rule, "a route that is added must name its upstream");
        if (!rule.scope)
            fault(rule, "a route that is added must say auth = a scope, or \"public\"");
        GatewayRoute route = with_rule({}, rule);
        route.method = rule.method;
        route.path = rule.path;
        route.host = rule.host;
        if (rule.scope) check(rule, route);
        routes_.push_back(std::move(route));
    }
    /// Against the defaults, so that no chain of rules can loosen step by step.
    void check(const RouteRule& rule, const GatewayRoute& route) {
        const auto bases = covered(route, defaults_);
        for (const GatewayRoute* base : bases)
            for (const std::string& why : loosened(*base, route, bounds_)) fault(rule, why);
        const bool lends_token =
            std::any_of(route.set_headers.begin(), route.set_headers.end(), [](const auto& field) {
                return http::equal_ignoring_case(field.first, "Authorization");
            });
        if (lends_token && !bases.empty())
            fault(rule, "it sets Authorization, which would lend its callers another's rights");
    }

    const std::vector<GatewayRoute> defaults_;
    std::vector<GatewayRoute> routes_;
    const Bounds bounds_;
};

}  // namespace

tl::expected<std::vector<GatewayRoute>, std::vector<std::string>> apply_rules(
    std::vector<GatewayRoute> defaults, const std::vector<RouteRule>& rules,
    const resilience::Rate& gateway_rate, Duration gateway_timeout) {
    Application application(std::move(defaults), {gateway_rate, gateway_timeout});
    for (const RouteRule& rule : rules) application.apply(rule);
    if (!application.faults.empty()) return tl::unexpected(std::move(application.faults));
    return application.take();
}

}  // namespace waybill::gateway
