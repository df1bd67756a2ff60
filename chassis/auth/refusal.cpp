#include "chassis/auth/refusal.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "chassis/http/problem.hpp"

namespace waybill::auth {
namespace {

struct Words {
    std::string_view name;
    std::string_view description;
};

constexpr std::array<Words, refusal_count> refusal_words{{
    {"missing_token", "The request carries no access token"},
    {"repeated_authorization", "The request carries more than one Authorization field"},
    {"token_in_query", "Access tokens are not accepted in the query"},
    {"wrong_scheme", "The Authorization field does not use the Bearer scheme"},
    {"malformed", "The access token is malformed"},
    {"too_large", "The access token is too large"},
    {"algorithm", "The access token uses an algorithm that is not accepted"},
    {"critical_header", "The access token demands an extension that is not supported"},
    {"type", "The token is not an access token"},
    {"unknown_key", "The access token is signed by an unknown key"},
    {"signature", "The access token's signature does not hold"},
    {"issuer", "The access token is of another issuer"},
    {"audience", "The access token is for another audience"},
    {"expired", "The access token has expired"},
    {"not_yet_valid", "The access token is not valid yet"},
    {"issued_in_future", "The access token was issued in the future"},
    {"claim", "A claim of the access token is missing or not acceptable"},
    {"keys_unavailable", "The issuer's keys are not available at the moment"},
}};

const Words& words_of(Refusal refusal) {
    return refusal_words[static_cast<std::size_t>(refusal)];
}

bool is_about_request(Refusal refusal) {
    return refusal == Refusal::repeated_authorization || refusal == Refusal::token_in_query ||
           refusal == Refusal::wrong_scheme;
}

}  // namespace

std::string_view name(Refusal refusal) {
    return words_of(refusal).name;
}
std::string_view description(Refusal refusal) {
    return words_of(refusal).description;
}

Error to_error(Refusal refusal) {
    const bool ours = refusal == Refusal::keys_unavailable;
    Error error(ours ? Problem::unavailable : Problem::unauthorized,
                fmt::format("{}.", description(refusal)));
    if (ours) error.retry_after = std::chrono::seconds(1);
    return error;
}

std::string challenge(Refusal refusal) {
    return fmt::format(R"(Bearer error="{}", error_description="{}")",
                       is_about_request(refusal) ? "invalid_request" : "invalid_token",
                       description(refusal));
}

http::Response refuse(Refusal refusal, std::string_view instance, const TraceContext& trace) {
    auto response = http::problem(to_error(refusal), instance, trace);
    if (refusal != Refusal::keys_unavailable)
        response.headers.set("WWW-Authenticate", challenge(refusal));
    return response;
}

}  // namespace waybill::auth
