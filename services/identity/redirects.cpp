#include "services/identity/redirects.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace waybill::identity {
namespace {

constexpr std::array<std::string_view, 2> callback_paths{"/callback", "/console/callback"};
constexpr std::array<std::string_view, 2> home_paths{"/", "/console/"};
constexpr std::array<std::string_view, 3> loopback_hosts{"http://127.0.0.1", "http://[::1]",
                                                         "http://localhost"};
constexpr std::size_t port_digits_max = 5;

/// The path of a loopback URI with any port or none; nothing for other URIs.
std::optional<std::string_view> loopback_path(std::string_view uri) {
    for (const std::string_view host : loopback_hosts) {
        if (!uri.starts_with(host)) continue;
        std::string_view rest = uri.substr(host.size());
        if (rest.starts_with(':')) {
            const auto end = rest.find_first_not_of("0123456789", 1);
            if (end == 1 || end == std::string_view::npos || end - 1 > port_digits_max)
                return std::nullopt;
            rest.remove_prefix(end);
        }
        return rest;
    }
    return std::nullopt;
}

template <class Paths>
bool allowed(std::string_view uri, std::string_view origin,
             const std::vector<std::string>& registered, const Paths& paths) {
    const auto among = [&](std::string_view path) {
        return std::find(paths.begin(), paths.end(), path) != paths.end();
    };
    if (std::find(registered.begin(), registered.end(), uri) != registered.end()) return true;
    if (!origin.empty() && uri.starts_with(origin) && among(uri.substr(origin.size()))) return true;
    const auto path = loopback_path(uri);
    return path && among(*path);
}

}  // namespace

Redirects::Redirects(std::string_view origin, std::vector<std::string> registered)
    : origin_(origin), registered_(std::move(registered)) {}

bool Redirects::allows(std::string_view uri) const {
    return allowed(uri, origin_, registered_, callback_paths);
}

bool Redirects::allows_after_logout(std::string_view uri) const {
    return allowed(uri, origin_, registered_, home_paths);
}

std::string_view origin_of(std::string_view uri) {
    const auto scheme = uri.find("://");
    if (scheme == std::string_view::npos) return {};
    return uri.substr(0, std::min(uri.find('/', scheme + 3), uri.size()));
}

}  // namespace waybill::identity
