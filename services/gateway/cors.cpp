#include "services/gateway/cors.hpp"

#include <algorithm>

namespace waybill::gateway {
namespace {

constexpr std::string_view allowed_methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
constexpr std::string_view request_fields =
    "authorization, content-type, idempotency-key, if-match, if-none-match, prefer, "
    "request-timeout, last-event-id, traceparent, tracestate, waybill-min-version";
constexpr std::string_view answer_fields =
    "ETag, Location, Allow, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, "
    "Idempotency-Replayed, Preference-Applied";

}  // namespace

bool Cors::is_preflight(const http::Request& request) {
    return request.method == "OPTIONS" && request.headers.get("Origin") &&
           request.headers.get("Access-Control-Request-Method");
}

std::optional<http::Response> Cors::preflight(const http::Request& request) const {
    const std::string_view origin = allowed_origin(request);
    if (origin.empty()) return {};
    http::Response answer;
    answer.status = 204;
    allow(answer.headers, origin);
    answer.headers.add("Access-Control-Allow-Methods", allowed_methods);
    answer.headers.add("Access-Control-Allow-Headers", request_fields);
    answer.headers.add("Access-Control-Max-Age", "600");
    return answer;
}

std::string_view Cors::allowed_origin(const http::Request& request) const {
    if (origins_.empty()) return {};
    const auto origin = request.headers.get("Origin");
    if (!origin || request.headers.count("Origin") != 1) return {};
    const auto known = std::find(origins_.begin(), origins_.end(), *origin);
    return known == origins_.end() ? std::string_view{} : std::string_view(*known);
}

void Cors::allow(http::Headers& answer, std::string_view origin) {
    answer.set("Access-Control-Allow-Origin", origin);
    answer.set("Access-Control-Expose-Headers", answer_fields);
    answer.add("Vary", "Origin");
}

}  // namespace waybill::gateway
