#pragma once
#include <memory>

#include "chassis/auth/authenticator.hpp"
#include "chassis/auth/remote_keys.hpp"
#include "tests/simulation/process.hpp"

namespace waybill::simulation {

/// How a process verifies tokens: by the issuer's keys, fetched over the network.
class Verifier {
 public:
    explicit Verifier(const Site& site);
    void start() { keys_->start(); }
    /// Ends the fetching; the loop must run a little for it.
    void stop(ProcessEnv& env);
    auth::Authenticator& authenticator() { return *authenticator_; }

 private:
    WireFetcher fetcher_;
    std::unique_ptr<auth::RemoteKeySource> keys_;
    std::unique_ptr<auth::Authenticator> authenticator_;
};

}  // namespace waybill::simulation
