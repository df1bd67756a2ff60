#include "chassis/service/api_headers.hpp"

#include <algorithm>
#include <charconv>

#include "chassis/resilience/deadline.hpp"
#include "chassis/service/api.hpp"

namespace waybill::service {
namespace {

constexpr std::size_t key_bytes_max = 255;

/// The only field of a name; several are a fault.
Result<std::optional<std::string_view>> single(const http::Request& request,
                                               std::string_view name) {
    if (request.headers.count(name) > 1) return invalid(std::string(name), "may be sent only once");
    return request.headers.get(name);
}

bool printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

Result<std::optional<std::string>> read_idempotency_key(const http::Request& request) {
    auto field = single(request, "Idempotency-Key");
    if (!field) return tl::unexpected(std::move(field.error()));
    if (!*field) return std::nullopt;
    if ((*field)->empty() || (*field)->size() > key_bytes_max || !printable(**field))
        return invalid("Idempotency-Key", "must be 1 to 255 printable ASCII characters");
    return std::string(**field);
}

Result<std::optional<std::string>> read_entity_tag(const http::Request& request,
                                                   std::string_view name) {
    auto field = single(request, name);
    if (!field) return tl::unexpected(std::move(field.error()));
    if (!*field) return std::nullopt;
    const std::string_view tag = **field;
    if (tag == "*") return std::string(tag);
    // If-Match compares strongly (RFC 9110 13.1.1), so a weak tag never matches.
    if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"' &&
        tag.find('"', 1) == tag.size() - 1)
        return std::string(tag.substr(1, tag.size() - 2));
    return invalid(std::string(name), "must be one entity tag in double quotes, or *");
}

Result<std::optional<Duration>> read_wait(const http::Request& request, Duration most) {
    for (std::size_t i = 0; i < request.headers.size(); ++i) {
        const auto field = request.headers.at(i);
        if (!http::equal_ignoring_case(field.name, "Prefer")) continue;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const std::size_t comma = rest.find(',');
            std::string_view part = rest.substr(0, comma);
            rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
            while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
            while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
            if (!part.starts_with("wait=")) continue;
            part.remove_prefix(5);
            std::int64_t seconds = 0;
            const auto read = std::from_chars(part.data(), part.data() + part.size(), seconds);
            if (read.ec != std::errc() || read.ptr != part.data() + part.size() || seconds < 0)
                return invalid("Prefer", "wait= takes a whole number of seconds");
            seconds = std::min<std::int64_t>(seconds, 86'400);
            return std::min<Duration>(most, std::chrono::seconds(seconds));
        }
    }
    return std::nullopt;
}

Result<std::optional<std::int64_t>> read_min_version(const http::Request& request) {
    auto field = single(request, "Waybill-Min-Version");
    if (!field) return tl::unexpected(std::move(field.error()));
    if (!*field) return std::nullopt;
    std::int64_t version = 0;
    const char* end = (*field)->data() + (*field)->size();
    const auto read = std::from_chars((*field)->data(), end, version);
    if (read.ec != std::errc() || read.ptr != end || version < 0)
        return invalid("Waybill-Min-Version", "must be a whole number");
    return version;
}

bool tag_listed(std::string_view list, std::string_view etag) {
    const auto opaque = [](std::string_view tag) {
        return tag.starts_with("W/") ? tag.substr(2) : tag;
    };
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        std::string_view one = list.substr(0, comma);
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
        if (one == "*" || opaque(one) == opaque(etag)) return true;
    }
    return false;
}

bool media_type_is(std::string_view content_type, std::string_view wanted) {
    std::string_view type = content_type.substr(0, content_type.find(';'));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    return http::equal_ignoring_case(type, wanted);
}

Status check_query(const http::Call& call) {
    Error faults(Problem::validation_failed, "the query has faults");
    const auto& all = call.query.all();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& name = all[i].first;
        const auto& known = call.route.spec.parameters;
        const bool declared = std::any_of(known.begin(), known.end(), [&](const auto& parameter) {
            return !parameter.header && parameter.name == name;
        });
        if (!declared) faults.faults.push_back({"?" + name, "is not a parameter of this route"});
        for (std::size_t j = 0; j < i; ++j)
            if (all[j].first == name)
                faults.faults.push_back({"?" + name, "may be given only once"});
    }
    if (!faults.faults.empty()) return fail(std::move(faults));
    return {};
}

}  // namespace waybill::service
