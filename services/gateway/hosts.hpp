#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace waybill::gateway {

/// Which `Host` values are this gateway's: protects against DNS rebinding.
class HostRule {
 public:
    /// `name:port`, `name` (no port in the request), or `name:*` (any port or none).
    explicit HostRule(const std::vector<std::string>& hosts);
    /// Letter case does not count.
    bool allows(std::string_view host) const;

 private:
    std::vector<std::string> exact_;
    std::vector<std::string> any_port_;  // names, brackets included
};

/// `host` without its port; an IPv6 address keeps its brackets.
std::string_view without_port(std::string_view host);

}  // namespace waybill::gateway
