#include "chassis/base/check.hpp"
#include "chassis/service/api.hpp"
#include "services/identity/identity.hpp"
#include "tests/simulation/process.hpp"

namespace waybill::simulation {
namespace {

/// The issuer in a process of its own.
class IdentityProcess final : public Process {
 public:
    IdentityProcess(Site site, std::string signing_key)
        : site_(std::move(site)), signing_key_(std::move(signing_key)) {}

    Status open() override;
    http::Handler* door() override { return api_.get(); }
    void close() override {
        if (identity_) identity_->drain();
    }

 private:
    Site site_;
    std::string signing_key_;
    std::unique_ptr<ProcessDatabase> database_;
    std::unique_ptr<identity::Identity> identity_;
    http::Routes routes_{"identity"};
    std::unique_ptr<auth::Authenticator> authenticator_;
    std::unique_ptr<service::Api> api_;
};

Status IdentityProcess::open() {
    auto database = open_database(site_);
    if (!database) return tl::unexpected(std::move(database.error()));
    database_ = std::move(*database);
    auto key = auth::SigningKey::from_pem(auth::Algorithm::rs256, signing_key_);
    CHECK(key.has_value());
    identity::Secrets secrets{std::move(*key), std::string(32, 'r'), "service secret"};
    auto opened =
        identity::Identity::open({.issuer = identity::issuer_of(host_and_port)}, std::move(secrets),
                                 site_.env, telemetry::nowhere(), *database_);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    identity_ = std::move(*opened);
    identity_->routes(routes_);
    authenticator_ = std::make_unique<auth::Authenticator>(
        site_.env, telemetry::nowhere(),
        std::vector<auth::Authenticator::Issuer>{{identity_->token_rules(), identity_->keys()}});
    api_ = std::make_unique<service::Api>(site_.env, telemetry::nowhere(), *authenticator_, routes_,
                                          service::Api::Options{});
    return {};
}

}  // namespace

std::unique_ptr<Process> make_identity_process(Site site, const std::string& signing_key) {
    return std::make_unique<IdentityProcess>(std::move(site), signing_key);
}

}  // namespace waybill::simulation
