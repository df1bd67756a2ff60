#include "services/gateway/client_fields.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "chassis/http/wire.hpp"

namespace waybill::gateway {
namespace {

constexpr std::array<std::string_view, 10> hop_by_hop{"connection",
                                                      "keep-alive",
                                                      "proxy-connection",
                                                      "proxy-authenticate",
                                                      "proxy-authorization",
                                                      "te",
                                                      "trailer",
                                                      "transfer-encoding",
                                                      "upgrade",
                                                      "http2-settings"};

constexpr std::array<std::string_view, 7> forwarding{
    "forwarded",        "x-forwarded-for",    "x-forwarded-host", "x-forwarded-proto",
    "x-forwarded-port", "x-forwarded-prefix", "x-real-ip"};

/// Beginnings of names by which proxies tell services who sends, or that make one request pass for
/// another. All of X-Forwarded-* beyond the list above is of this kind too.
constexpr std::array<std::string_view, 31> identity{
    "x-user",      "x-auth",        "x-remote",       "x-identity",        "x-principal",
    "x-subject",   "x-sub",         "x-role",         "x-scope",           "x-claim",
    "x-jwt",       "x-token",       "x-access-token", "x-id-token",        "x-group",
    "x-email",     "x-account",     "x-customer",     "x-tenant",          "x-client-",
    "x-ssl-",      "x-forwarded-",  "x-waybill-",     "x-consumer-",       "x-credential",
    "x-original-", "x-rewrite-url", "x-http-method",  "x-method-override", "x-ms-client-principal",
    "x-envoy-"};

constexpr std::array<std::string_view, 4> identity_without_x{"remote-user", "remote-email",
                                                             "remote-groups", "ssl-client-"};

constexpr std::size_t name_bytes_max = 64;

/// Lower case, `_` as `-`; the first bytes are enough for every name that is looked for.
std::string_view canonical(std::string_view name, std::array<char, name_bytes_max>& out) {
    const std::size_t size = std::min(name.size(), out.size());
    for (std::size_t i = 0; i < size; ++i) {
        const char c = name[i];
        out[i] = c == '_' ? '-' : (c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
    }
    return {out.data(), size};
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

template <std::size_t N>
bool begins_with_one_of(std::string_view name, const std::array<std::string_view, N>& beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view beginning) { return name.starts_with(beginning); });
}

/// Fields that no client may have removed by listing them: they frame or address the message.
bool is_removable(std::string_view name) {
    return !http::equal_ignoring_case(name, "Host") &&
           !http::equal_ignoring_case(name, "Content-Length");
}

/// The names to be taken off for which `unwanted` says so or that `Connection` lists.
template <class Unwanted>
void strip(http::Headers& headers, Unwanted unwanted) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto field = headers.at(i);
        const FieldKind kind = kind_of(field.name);
        if (!unwanted(kind)) continue;
        if (http::equal_ignoring_case(field.name, "Connection"))
            http::for_each_element(field.value, [&](std::string_view listed) {
                if (is_removable(listed)) names.emplace_back(listed);
            });
        names.emplace_back(field.name);
    }
    for (const std::string& name : names) headers.remove(name);
}

}  // namespace

FieldKind kind_of(std::string_view name) {
    if (name.empty()) return FieldKind::ordinary;
    std::array<char, name_bytes_max> buffer;
    switch (name.front() | 0x20) {
        case 'x': {
            const std::string_view text = canonical(name, buffer);
            if (is_one_of(text, forwarding)) return FieldKind::forwarding;
            return begins_with_one_of(text, identity) ? FieldKind::identity : FieldKind::ordinary;
        }
        case 'f':
            return is_one_of(canonical(name, buffer), forwarding) ? FieldKind::forwarding
                                                                  : FieldKind::ordinary;
        case 'r':
        case 's':
            return begins_with_one_of(canonical(name, buffer), identity_without_x)
                       ? FieldKind::identity
                       : FieldKind::ordinary;
        case 'c':
        case 'h':
        case 'k':
        case 'p':
        case 't':
        case 'u':
            return is_one_of(canonical(name, buffer), hop_by_hop) ? FieldKind::hop_by_hop
                                                                  : FieldKind::ordinary;
        default:
            return FieldKind::ordinary;
    }
}

void strip_request_fields(http::Headers& headers, bool trusted_peer) {
    strip(headers, [&](FieldKind kind) {
        return kind == FieldKind::hop_by_hop || kind == FieldKind::identity ||
               (kind == FieldKind::forwarding && !trusted_peer);
    });
}

void strip_answer_fields(http::Headers& headers) {
    strip(headers, [](FieldKind kind) { return kind == FieldKind::hop_by_hop; });
}

}  // namespace waybill::gateway
