#include "chassis/base/error.hpp"

#include <array>

#include "chassis/base/check.hpp"

namespace waybill {
namespace {

/// In the order of Problem.
constexpr std::array<ProblemInfo, problem_count> table{{
    {"malformed-json", 400, "The body is not well-formed JSON",
     "Send one JSON text in UTF-8: at most 32 levels deep, no name twice in an object, and not "
     "empty where a body is needed. The detail names the line and the column."},
    {"malformed-request", 400, "The request is malformed",
     "Correct the request's syntax as the detail says. Sending it again unchanged will fail "
     "again."},
    {"unauthorized", 401, "Authentication is needed",
     "Send a valid access token as `Authorization: Bearer …`; ask the issuer for a new one when it "
     "has expired."},
    {"insufficient-scope", 403, "The token lacks a scope",
     "Ask for a token with the scope that the `WWW-Authenticate` header names."},
    {"forbidden", 403, "Not allowed",
     "The caller's role does not permit this. Use an account that holds the role."},
    {"not-found", 404, "Not found",
     "Check the path and the id. What belongs to somebody else is not found either."},
    {"method-not-allowed", 405, "The method is not allowed here",
     "Use one of the methods in the `Allow` header."},
    {"illegal-transition", 409, "The current state does not permit this",
     "Read the resource; `currentStatus` says where it stands now."},
    {"price-changed", 409, "A price has changed",
     "`items` names each product with its current `unitPrice`. Show it, and send the order again "
     "with it or without a price."},
    {"stock-below-reserved", 409, "The stock would fall below what is reserved",
     "Adjust to at least `reservedQuantity`, or wait until reservations are shipped or released."},
    {"product-reserved", 409, "The product has active reservations",
     "Wait until its reservations are shipped or released, then delete it."},
    {"quantity-changed", 409, "The quantity is not the expected one",
     "Read the product again and repeat the adjustment with its present quantity."},
    {"sku-taken", 409, "The sku is taken",
     "Choose another sku, or change the product that has it."},
    {"version-mismatch", 412, "The resource has changed meanwhile",
     "Read it again, look at what changed, and repeat with the new `ETag` in `If-Match`."},
    {"payload-too-large", 413, "The body is too large", "Send a smaller body: at most 1 MiB."},
    {"unsupported-media-type", 415, "The media type is not supported",
     "Send the body as `application/json`, or as the route documents."},
    {"misdirected-request", 421, "This host is not served here",
     "Use one of the host names that this server is configured for."},
    {"validation-failed", 422, "The input is not valid",
     "`errors` lists every fault with a pointer to the member, query parameter or header. Correct "
     "them all and send again."},
    {"idempotency-key-reused", 422, "The idempotency key was used for another request",
     "Take a new `Idempotency-Key` for each new request; repeat a key only with the same method, "
     "path, query and body."},
    {"unknown-product", 422, "The catalogue does not know a product",
     "Check the product's id or sku. One created a moment ago may need a second to be known."},
    {"precondition-required", 428, "A precondition is needed",
     "Send `If-Match` with the `ETag` of the resource as you last read it."},
    {"rate-limited", 429, "Too many requests",
     "Wait as long as `Retry-After` says, and send fewer requests."},
    {"internal-error", 500, "Something went wrong here",
     "Repeat with the same `Idempotency-Key`. If it persists, report the `traceId`."},
    {"bad-gateway", 502, "The service gave no valid answer",
     "Repeat with the same `Idempotency-Key` after a moment."},
    {"overloaded", 503, "Too busy",
     "Repeat with the same `Idempotency-Key` after `Retry-After` seconds."},
    {"unavailable", 503, "Not available at the moment",
     "Repeat with the same `Idempotency-Key` after `Retry-After` seconds."},
    {"gateway-timeout", 504, "The service did not answer in time",
     "The outcome is unknown: repeat with the same `Idempotency-Key` to learn it."},
}};

}  // namespace

const ProblemInfo& info(Problem problem) {
    const auto index = static_cast<std::size_t>(problem);
    CHECK(index < table.size());
    return table[index];
}

tl::unexpected<Error> invalid(std::string pointer, std::string message) {
    Error error(Problem::validation_failed, "The input has a fault.");
    error.faults.push_back({std::move(pointer), std::move(message)});
    return fail(std::move(error));
}

}  // namespace waybill
