#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"
#include "chassis/http/routes.hpp"

namespace waybill::service {

/// `Idempotency-Key`: 1..255 printable ASCII characters, at most one field.
Result<std::optional<std::string>> read_idempotency_key(const http::Request& request);
/// The tag of an `If-Match` without its quotes, or `*`.
Result<std::optional<std::string>> read_entity_tag(const http::Request& request,
                                                   std::string_view name);
/// `wait=N` of `Prefer` (RFC 7240 4.3), clamped to `most`.
Result<std::optional<Duration>> read_wait(const http::Request& request, Duration most);
/// `Waybill-Min-Version`: the answer may not be older.
Result<std::optional<std::int64_t>> read_min_version(const http::Request& request);
/// Whether an `If-None-Match` list names `etag` (weak comparison, RFC 9110 13.1.2).
bool tag_listed(std::string_view list, std::string_view etag);
/// Whether a `Content-Type` is `wanted`, parameters aside.
bool media_type_is(std::string_view content_type, std::string_view wanted);
/// Query parameters that the route does not declare, or that repeat, are faults.
Status check_query(const http::Call& call);

}  // namespace waybill::service
