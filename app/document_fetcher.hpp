#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "chassis/auth/remote_keys.hpp"
#include "chassis/http/client.hpp"

namespace waybill::app {

/// Fetches an issuer's documents over `http://` on this machine. An `https://` issuer needs TLS,
/// which this build does not have: it is refused with that reason.
class HttpDocumentFetcher final : public auth::DocumentFetcher {
 public:
    explicit HttpDocumentFetcher(Env& env) : env_(env) {}
    Task<Result<Document>> get(std::string url, std::size_t bytes_max, Deadline deadline) override;

 private:
    http::Client& client_for(const std::string& host, std::uint16_t port);
    Env& env_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<http::Client>> clients_;   ///< by `host:port`; few
};

}  // namespace waybill::app
