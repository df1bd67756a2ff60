#include "chassis/service/respond.hpp"

#include <fmt/format.h>

#include <charconv>

#include "chassis/base/sha256.hpp"

namespace waybill::service {

http::Response json_response(std::uint16_t status, std::string body, std::string_view etag) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    if (!etag.empty()) response.headers.add("ETag", fmt::format("\"{}\"", etag));
    response.body = std::move(body);
    return response;
}

http::Response refuse(const http::Call& call, const Error& error) {
    return http::problem(error, call.request.path, call.request.trace);
}

Cause cause_of(const http::Call& call) {
    Cause cause;
    cause.actor = call.principal.actor();
    cause.trace = call.request.trace;
    if (auto state = call.request.headers.get("tracestate")) cause.tracestate = *state;
    if (auto baggage = call.request.headers.get("baggage")) cause.baggage = *baggage;
    return cause;
}

std::optional<IdempotencyKey> key_of(const http::Call& call, std::uint16_t status,
                                     std::int64_t item) {
    if (!call.idempotency_key) return std::nullopt;
    IdempotencyKey key;
    key.subject = call.principal.subject;
    key.key = *call.idempotency_key;
    key.item = item;
    key.status = status;
    // Lengths keep parts from running into one another.
    const std::string text = fmt::format("{} {}?{}\n{}\n{}", call.request.method, call.request.path,
                                         call.request.query, call.body.size(), call.body);
    key.request_hash = sha256(text);
    return key;
}

Result<std::optional<std::int64_t>> expected_version(const http::Call& call) {
    if (!call.if_match || *call.if_match == "*") return std::nullopt;
    const std::string_view tag =
        std::string_view(*call.if_match).substr(0, call.if_match->find('.'));
    std::int64_t version = 0;
    const auto read = std::from_chars(tag.data(), tag.data() + tag.size(), version);
    if (read.ec != std::errc() || read.ptr != tag.data() + tag.size() || version < 0)
        return fail(Problem::version_mismatch,
                    "If-Match names no version of this resource; send the ETag of a fresh answer");
    return version;
}

Result<Uuid> id_of(const http::Call& call, std::string_view parameter) {
    auto id = Uuid::parse(call.parameter(parameter));
    if (!id) return fail(Problem::not_found, "there is no such resource");
    return *id;
}

Result<std::optional<Timestamp>> time_of(const http::Call& call, std::string_view name) {
    const auto text = call.query.get(name);
    if (!text) return std::nullopt;
    auto time = Timestamp::parse(*text);
    if (!time) return invalid("?" + std::string(name), "must be an RFC 3339 time");
    return time;
}

Result<std::optional<Uuid>> uuid_of(const http::Call& call, std::string_view name) {
    const auto text = call.query.get(name);
    if (!text) return std::nullopt;
    auto id = Uuid::parse(*text);
    if (!id) return invalid("?" + std::string(name), "must be a UUID");
    return id;
}

}  // namespace waybill::service
