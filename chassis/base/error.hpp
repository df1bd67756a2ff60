#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

namespace waybill {

/// The problem types of the platform's APIs: `type` is `/problems/<slug>` (RFC 9457).
enum class Problem : std::uint8_t {
    malformed_json,
    malformed_request,
    unauthorized,
    insufficient_scope,
    forbidden,
    not_found,
    method_not_allowed,
    illegal_transition,
    price_changed,
    stock_below_reserved,
    product_reserved,
    quantity_changed,
    sku_taken,
    version_mismatch,
    payload_too_large,
    unsupported_media_type,
    misdirected_request,
    validation_failed,
    idempotency_key_reused,
    unknown_product,
    precondition_required,
    rate_limited,
    internal_error,
    bad_gateway,
    overloaded,
    unavailable,
    gateway_timeout,
};
inline constexpr std::size_t problem_count = static_cast<std::size_t>(Problem::gateway_timeout) + 1;

struct ProblemInfo {
    std::string_view slug;
    std::uint16_t status;    ///< HTTP status code
    std::string_view title;  ///< what it is, the same for every occurrence
    std::string_view help;   ///< what a client should do, shown on the problem's page
};

/// The fixed facts of a problem type. Never fails.
const ProblemInfo& info(Problem);

/// One fault of an input. `pointer` is a JSON pointer (`/items/0/quantity`), `?name` for a query
/// parameter, or a header's name.
struct Fault {
    std::string pointer;
    std::string message;
    friend bool operator==(const Fault&, const Fault&) = default;
};

/// A member that a problem carries beside the standard ones (`currentStatus`, `quantity`, …):
/// a number, a text, or a list of flat objects.
using FlatObject = std::vector<std::pair<std::string, std::variant<std::int64_t, std::string>>>;
using MemberValue = std::variant<std::int64_t, std::string, std::vector<FlatObject>>;

/// A failure that a caller can act on. The one vocabulary from the domain to the wire.
struct Error {
    Problem problem = Problem::internal_error;
    std::string detail;              ///< this occurrence, in a sentence for people
    std::vector<Fault> faults = {};  ///< `errors` of a validation problem
    std::vector<std::pair<std::string, MemberValue>> members = {};
    std::optional<std::chrono::seconds> retry_after = {};

    Error(Problem what, std::string why) : problem(what), detail(std::move(why)) {}
    Error&& with(std::string name, MemberValue value) && {
        members.emplace_back(std::move(name), std::move(value));
        return std::move(*this);
    }
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// Makes the unexpected side of a Result.
inline tl::unexpected<Error> fail(Problem problem, std::string detail) {
    return tl::unexpected<Error>(Error(problem, std::move(detail)));
}
inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}
/// A 422 with one fault.
tl::unexpected<Error> invalid(std::string pointer, std::string message);

}  // namespace waybill
