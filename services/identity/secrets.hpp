#pragma once
#include <string>

#include "chassis/auth/signing.hpp"
#include "chassis/base/error.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::identity {

/// What the issuer keeps to itself.
struct Secrets {
    auth::SigningKey signing_key;  ///< RS256
    std::string refresh_key;       ///< authenticates refresh tokens, 32 bytes
    std::string service_secret;    ///< of the client `waybill-service`
};

/// Fresh ones, kept nowhere. Blocks for some 200 ms: an RSA key is made.
Result<Secrets> make_secrets(Env& env);

/// Those in `folder`; what is not there yet is made and kept (files of mode 0600, written to disk
/// before they are used). Blocks as make_secrets() at the first start, so begin it early, on any
/// thread. A file that others may read, or that holds no key, is refused by name.
Result<Secrets> load_or_make_secrets(const std::string& folder, Env& env);

/// The secret of `waybill-service` in `folder`; not_found before the first start.
Result<std::string> read_service_secret(const std::string& folder);

/// 32 secret random bytes in base64url.
std::string random_token(Env& env);

}  // namespace waybill::identity
