#include "tests/simulation/verifier.hpp"

#include "chassis/base/check.hpp"
#include "services/identity/identity.hpp"
#include "services/identity/tokens.hpp"

namespace waybill::simulation {

Verifier::Verifier(const Site& site) : fetcher_(site.network, site.env, *site.issuer) {
    auth::RemoteKeysOptions options;
    options.issuer = identity::issuer_of(host_and_port);
    options.refresh_interval = std::chrono::seconds(20);
    options.retry_max = std::chrono::seconds(2);
    options.negative_ttl = std::chrono::seconds(3);
    auth::TokenRules rules{.issuer = options.issuer,
                           .audiences = {std::string(identity::api_audience)}};
    auto keys =
        auth::RemoteKeySource::create(std::move(options), site.env, fetcher_, telemetry::nowhere());
    CHECK(keys.has_value());
    keys_ = std::move(*keys);
    authenticator_ = std::make_unique<auth::Authenticator>(
        site.env, telemetry::nowhere(),
        std::vector<auth::Authenticator::Issuer>{{std::move(rules), *keys_}});
}

void Verifier::stop(ProcessEnv& env) {
    boost::asio::co_spawn(env.loop(0).executor(), keys_->drain(), [](std::exception_ptr failed) {
        if (failed) std::rethrow_exception(failed);
    });
}

}  // namespace waybill::simulation
