#pragma once
#include <memory>
#include <string>

#include "chassis/auth/remote_keys.hpp"
#include "chassis/base/error.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::auth {

/// Fetches documents over `https://` and, from this machine, `http://`: one connection each,
/// HTTP/1.1, TLS 1.2 or newer with the certificate chain and the host's name verified. Never
/// redirects.
class HttpFetcher : public DocumentFetcher {
 public:
    struct Options {
        std::string ca_file = {};  ///< PEM; empty: the system's certificate authorities
    };
    /// Fails when the certificate authorities cannot be read, naming the file.
    static Result<std::unique_ptr<HttpFetcher>> create(Env& env, Options options);
};

}  // namespace waybill::auth
