#include "services/gateway/gateway.hpp"

#include <fmt/format.h>

#include "chassis/base/check.hpp"
#include "chassis/http/wire.hpp"
#include "chassis/runtime/task.hpp"
#include "services/gateway/pipeline.hpp"

namespace waybill::gateway {
namespace {

std::vector<std::string> names_of(const Gateway::Upstreams& upstreams) {
    std::vector<std::string> names;
    for (const auto& [name, upstream] : upstreams) names.push_back(name);
    return names;
}

bool is_origin(std::string_view text) {
    const std::size_t scheme = text.starts_with("http://")    ? 7
                               : text.starts_with("https://") ? 8
                                                              : 0;
    return scheme != 0 && http::is_host(text.substr(scheme));
}

}  // namespace

std::vector<std::string> faults_of(const Options& options) {
    std::vector<std::string> faults;
    const auto check = [&](bool holds, std::string sentence) {
        if (!holds) faults.push_back(std::move(sentence));
    };
    for (const std::string& host : options.hosts) {
        const std::string_view name =
            std::string_view(host).substr(0, host.size() - (host.ends_with(":*") ? 2 : 0));
        check(http::is_host(name),
              fmt::format("gateway.hosts: '{}' is not a name or address", host));
    }
    for (const std::string& block : options.trusted_proxies)
        check(
            AddressBlock::parse(block).has_value(),
            fmt::format("gateway.trusted_proxies: '{}' is not an address or a CIDR block", block));
    for (const std::string& origin : options.console_origins)
        check(is_origin(origin),
              fmt::format("gateway.console_origins: '{}' is not scheme://host", origin));
    check(
        options.rate.sound(),
        "the rate limit must be 1 to 1,000,000 a window, its burst at least 1 and had back within "
        "a year");
    check(options.timeout > Duration::zero(), "the timeout must be above zero");
    check(options.concurrency.running_max >= 1, "the concurrency must be at least 1");
    check(http::is_token(options.name), "the gateway's name is not a token");
    return faults;
}

Gateway::Gateway(Options options, Env& env, telemetry::Telemetry& telemetry,
                 auth::Authenticator& authenticator, std::vector<GatewayRoute> routes,
                 const Upstreams& upstreams) {
    CHECK(faults_of(options).empty());
    CHECK(faults_of(routes, names_of(upstreams)).empty());
    pipeline_ = std::make_unique<Pipeline>(std::move(options), env, telemetry, authenticator,
                                           std::move(routes), upstreams);
}

Gateway::~Gateway() = default;

void Gateway::end_streams() {
    pipeline_->end_streams();
}

Task<http::Response> Gateway::handle(http::Request request, Deadline) {
    return pipeline_->run(std::move(request));
}

}  // namespace waybill::gateway
