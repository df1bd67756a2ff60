#include "chassis/auth/policy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chassis/base/check.hpp"
#include "chassis/http/problem.hpp"

namespace waybill::auth {
namespace {

Access judge(bool scope_fits, bool role_fits) {
    if (!scope_fits) return Access::insufficient_scope;
    return role_fits ? Access::allowed : Access::forbidden;
}

}  // namespace

bool is_public(const http::RouteSpec& spec) {
    return spec.scope == "public";
}

Access authorise(const http::Principal& principal, const http::RouteSpec& spec) {
    if (is_public(spec)) return Access::allowed;
    if (spec.scope.empty() || principal.subject.empty()) return Access::forbidden;
    return judge(principal.has_scope(spec.scope),
                 spec.role.empty() || principal.has_role(spec.role));
}

Access authorise(const http::Principal& principal, const Requirement& requirement) {
    if (principal.subject.empty()) return Access::forbidden;
    const auto has = [&](const std::string& scope) { return principal.has_scope(scope); };
    const auto& scopes = requirement.scopes;
    const bool fits = requirement.match == Requirement::Scopes::all || scopes.empty()
                          ? std::all_of(scopes.begin(), scopes.end(), has)
                          : std::any_of(scopes.begin(), scopes.end(), has);
    return judge(fits, requirement.role.empty() || principal.has_role(requirement.role));
}

http::Response deny(Access access, std::string_view scope, std::string_view instance,
                    const TraceContext& trace) {
    CHECK(access != Access::allowed);
    if (access == Access::forbidden)
        return http::problem(Error(Problem::forbidden, "The caller's role does not allow this."),
                             instance, trace);
    auto response = http::problem(
        Error(Problem::insufficient_scope, fmt::format("This needs the scope {}.", scope)),
        instance, trace);
    response.headers.set("WWW-Authenticate",
                         fmt::format(R"(Bearer error="insufficient_scope", scope="{}")", scope));
    return response;
}

}  // namespace waybill::auth
