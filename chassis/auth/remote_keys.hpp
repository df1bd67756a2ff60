#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "chassis/auth/key_source.hpp"
#include "chassis/base/error.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::auth {

/// Fetches small documents by URL: what a RemoteKeySource needs of an HTTP client.
class DocumentFetcher {
 public:
    struct Document {
        std::uint16_t status = 0;
        std::string body;
    };
    virtual ~DocumentFetcher() = default;
    /// GET `url`, on the calling loop. Never follows redirects; verifies TLS and the host's name;
    /// fails with payload_too_large above `bytes_max`, with unavailable when nothing answers.
    virtual Task<Result<Document>> get(std::string url, std::size_t bytes_max,
                                       Deadline deadline) = 0;
    /// What is being fetched fails soon: nobody waits for it any more. On the loop that fetches,
    /// which is one.
    virtual void cancel() {}
};

/// True for `https://…`, and for `http://` to a loopback address or `localhost`; never with user
/// information or a fragment.
bool fetchable(std::string_view url);

/// How an issuer's keys are kept fresh.
struct RemoteKeysOptions {
    std::string issuer;  ///< without a final slash, as `iss` says it
    Duration refresh_interval = std::chrono::minutes(5);
    Duration retry_min = std::chrono::milliseconds(500);
    Duration retry_max = std::chrono::seconds(30);
    Duration fetch_timeout = std::chrono::seconds(5);  ///< discovery and keys together
    Duration refetch_interval =
        std::chrono::seconds(1);                       ///< least time between unknown keys' fetches
    Duration negative_ttl = std::chrono::seconds(30);  ///< an absent key is not asked for again
    std::size_t negative_max = 256;
    std::size_t waiters_max = 1024;
};

/// The keys of an OpenID provider, found by discovery (OpenID Connect Discovery 1.0 section 4):
/// fetched at the start and in the background on loop 0, kept while the provider is down.
class RemoteKeySource : public KeySource {
 public:
    /// Refuses an issuer that is not fetchable(). Nothing runs before start().
    static Result<std::unique_ptr<RemoteKeySource>> create(RemoteKeysOptions, Env&,
                                                           DocumentFetcher&, telemetry::Telemetry&);
    /// Begins the life cycle. Once, from any thread.
    virtual void start() = 0;
    /// Stops it; await before destruction. On loop 0.
    virtual Task<void> drain() = 0;
};

}  // namespace waybill::auth
