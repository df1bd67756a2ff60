#include "app/load/outcome.hpp"

#include <fmt/format.h>

#include <charconv>

namespace waybill::load {
namespace {

/// `…"type":"/problems/rate-limited"…` without reading the whole document.
std::string_view slug_of(std::string_view body) {
    constexpr std::string_view mark = "\"/problems/";
    const auto begin = body.find(mark);
    if (begin == std::string_view::npos) return {};
    const auto rest = body.substr(begin + mark.size());
    return rest.substr(0, rest.find('"'));
}

Outcome outcome_of(Operation operation, std::uint16_t status) {
    if (status >= 200 && status < 300) return Outcome::acknowledged;
    if (status == 429) return Outcome::limited;
    if (status == 503) return Outcome::shed;
    if (status < 500) return Outcome::refused;
    return changes(operation) ? Outcome::unknown : Outcome::failed;
}

std::optional<Duration> retry_after_of(const http::Headers& headers) {
    const auto field = headers.get("Retry-After");
    if (!field) return std::nullopt;
    std::int64_t seconds = 0;
    const char* end = field->data() + field->size();
    const auto read = std::from_chars(field->data(), end, seconds);
    if (read.ec != std::errc() || read.ptr != end || seconds < 0 || seconds > 86'400)
        return std::nullopt;
    return std::chrono::seconds(seconds);
}

}  // namespace

Verdict judge(Operation operation, const http::Response& response, std::string_view body) {
    Verdict verdict;
    switch (response.origin) {
        case http::Origin::upstream:
            break;
        case http::Origin::timed_out:
            verdict.outcome = Outcome::unknown;
            verdict.kind = "no answer in time";
            return verdict;
        case http::Origin::protocol_error:
            verdict.outcome = Outcome::unknown;
            verdict.kind = "the connection broke";
            return verdict;
        case http::Origin::connect_failed:
        case http::Origin::overloaded:
        case http::Origin::circuit_open:
            verdict.outcome = Outcome::failed;
            verdict.kind = "no connection";
            return verdict;
    }
    verdict.status = response.status;
    verdict.outcome = outcome_of(operation, response.status);
    if (verdict.outcome == Outcome::acknowledged) return verdict;
    const auto slug = slug_of(body);
    verdict.kind = slug.empty() ? fmt::format("{}", response.status)
                                : fmt::format("{} {}", response.status, slug);
    if (verdict.outcome == Outcome::limited || verdict.outcome == Outcome::shed)
        verdict.retry_after = retry_after_of(response.headers);
    return verdict;
}

}  // namespace waybill::load
