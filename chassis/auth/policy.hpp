#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/trace_context.hpp"
#include "chassis/http/message.hpp"
#include "chassis/http/principal.hpp"
#include "chassis/http/routes.hpp"

namespace waybill::auth {

/// What a route that was configured demands beyond its service's table.
struct Requirement {
    enum class Scopes : std::uint8_t { all, any };
    std::vector<std::string> scopes;  ///< exact; empty: none
    Scopes match = Scopes::all;
    std::string role;  ///< empty: any
};

enum class Access : std::uint8_t { allowed, insufficient_scope, forbidden };

/// Nobody needs a token for the route: its scope is the literal `public`.
bool is_public(const http::RouteSpec& spec);

/// Whether the route's scope and role admit the caller (admin may all that operator may). An
/// empty scope admits nobody. Whose object it is remains the handler's to check.
Access authorise(const http::Principal& principal, const http::RouteSpec& spec);
Access authorise(const http::Principal& principal, const Requirement& requirement);

/// 403 `insufficient-scope` with `WWW-Authenticate: Bearer error="insufficient_scope",
/// scope="…"` (RFC 6750), or 403 `forbidden`. `access` must not be allowed; `scope` is what the
/// route demands, several joined by spaces.
http::Response deny(Access access, std::string_view scope, std::string_view instance,
                    const TraceContext& trace);

}  // namespace waybill::auth
