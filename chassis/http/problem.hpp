#pragma once
#include <string>

#include "chassis/base/error.hpp"
#include "chassis/base/trace_context.hpp"
#include "chassis/http/message.hpp"

namespace waybill::http {

/// An RFC 9457 response: status, `application/problem+json`, `Retry-After`, and for 401 and 403 by
/// scope `WWW-Authenticate` is the caller's to add. `instance` is the request's path.
Response problem(const Error& error, std::string_view instance, const TraceContext& trace);

/// The page that explains a problem type (`/problems/<slug>`), HTML; nothing for an unknown slug.
std::optional<std::string> problem_page(std::string_view slug);

}  // namespace waybill::http
