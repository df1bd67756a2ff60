#include "services/gateway/hosts.hpp"

#include <algorithm>

#include "chassis/http/headers.hpp"
#include "services/gateway/options.hpp"

namespace waybill::gateway {
namespace {

constexpr std::string_view any_port = ":*";

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& known) {
        return http::equal_ignoring_case(known, name);
    });
}

}  // namespace

std::vector<std::string> loopback_hosts(std::uint16_t port) {
    const std::string suffix = ":" + std::to_string(port);
    return {"127.0.0.1" + suffix, "localhost" + suffix, "[::1]" + suffix};
}

std::string_view without_port(std::string_view host) {
    const std::size_t bracket = host.rfind(']');
    const std::size_t colon = host.rfind(':');
    if (colon == std::string_view::npos) return host;
    if (bracket != std::string_view::npos && colon < bracket) return host;
    return host.substr(0, colon);
}

HostRule::HostRule(const std::vector<std::string>& hosts) {
    for (const std::string& host : hosts) {
        if (host.ends_with(any_port))
            any_port_.push_back(host.substr(0, host.size() - any_port.size()));
        else
            exact_.push_back(host);
    }
}

bool HostRule::allows(std::string_view host) const {
    return contains(exact_, host) ||
           (!any_port_.empty() && contains(any_port_, without_port(host)));
}

}  // namespace waybill::gateway
