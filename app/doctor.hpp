#pragma once
#include <string>
#include <vector>

#include "app/config.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::app {

/// One part that was looked at.
struct Finding {
    bool good = false;
    std::string part;
    std::string text;  ///< what is there; when not good also what to do
};
using Findings = std::vector<Finding>;

/// The folder: writable, free space, its owner, the version of each schema in it. Makes nothing.
void check_data(const Config& config, Env& env, Findings& findings);
/// The listen address: free, or whose it is; and whether the development identity may be there.
void check_listen(const Config& config, Env& env, Findings& findings);
/// Issuer and upstreams, as far as they are configured.
void check_others(const Config& config, Env& env, Findings& findings);
/// The clock and the limit of open files.
void check_machine(const Config& config, Env& env, Findings& findings);

/// The process that listens on the TCP port: `name (pid)`; empty when it cannot be seen.
std::string listener_of(std::uint16_t port);

}  // namespace waybill::app
