#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "chassis/http/problem.hpp"
#include "chassis/http/routes.hpp"
#include "chassis/service/submission.hpp"

namespace waybill::service {

/// A JSON answer; `etag` without quotes, empty: none.
http::Response json_response(std::uint16_t status, std::string body, std::string_view etag = {});
/// The problem of an error, for this call.
http::Response refuse(const http::Call& call, const Error& error);

/// Who calls and in which trace, for a command.
Cause cause_of(const http::Call& call);
/// The call's `Idempotency-Key`, if it has one, bound to this method, path, query and body.
/// `status` is what a success is answered with; `item` tells the items of one batch apart.
std::optional<IdempotencyKey> key_of(const http::Call& call, std::uint16_t status,
                                     std::int64_t item = 0);
/// The version in `If-Match` (up to a dot), or nothing when there is none or it is `*`. A tag
/// that no resource has is 412.
Result<std::optional<std::int64_t>> expected_version(const http::Call& call);
/// A UUID of the path, or 404.
Result<Uuid> id_of(const http::Call& call, std::string_view parameter);
/// A query parameter that must be an RFC 3339 time, if given.
Result<std::optional<Timestamp>> time_of(const http::Call& call, std::string_view name);
/// A query parameter that must be a UUID, if given.
Result<std::optional<Uuid>> uuid_of(const http::Call& call, std::string_view name);

}  // namespace waybill::service
