#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/auth/jwt.hpp"
#include "chassis/auth/key_source.hpp"
#include "chassis/base/error.hpp"
#include "chassis/http/routes.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/sql/database.hpp"
#include "chassis/telemetry/telemetry.hpp"
#include "services/identity/secrets.hpp"

namespace waybill::identity {

struct Options {
    std::string issuer;  ///< `http://127.0.0.1:8080/realms/waybill`; issuer_of() makes it
    std::vector<std::string> redirect_uris = {};  ///< beside those of this machine
};

/// The issuer's URL for the place where the program listens: `127.0.0.1:8080`.
std::string issuer_of(std::string_view host_and_port, bool secure = false);

/// The development issuer has passwords that everybody knows: it may be reached from this machine
/// alone unless `identity.allow_remote` says otherwise. The error is for people.
Status check_listen(std::string_view host, bool allow_remote);

/// The development identity provider: an OpenID Connect issuer with Keycloak's paths (`api.md`).
class Identity {
 public:
    /// `database` is the issuer's own and outlives it. Blocks: brings its schema up to date.
    static Result<std::unique_ptr<Identity>> open(Options options, Secrets secrets, Env& env,
                                                  telemetry::Telemetry& telemetry,
                                                  sql::Database& database);
    ~Identity();

    /// Adds its endpoints, all public. The Identity must outlive the table.
    void routes(http::Routes& table);
    /// Its public keys, for verifiers in the same process.
    auth::KeySource& keys();
    /// What its access tokens look like, for those verifiers.
    auth::TokenRules token_rules() const;
    /// Finishes the call in hand; later ones are refused. Blocks.
    void drain();

 private:
    struct Parts;
    explicit Identity(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::identity
