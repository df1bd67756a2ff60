#include "app/document_fetcher.hpp"

#include <fmt/format.h>

#include "app/property.hpp"
#include "chassis/runtime/task.hpp"

namespace waybill::app {

Task<Result<auth::DocumentFetcher::Document>> HttpDocumentFetcher::get(std::string url,
                                                                       std::size_t bytes_max,
                                                                       Deadline deadline) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme))
        co_return fail(Problem::unavailable, "an https:// issuer needs TLS, which this build lacks");
    const std::string rest = url.substr(scheme.size());
    const auto slash = rest.find('/');
    std::string authority = rest.substr(0, slash);
    if (authority.find(':') == std::string::npos) authority += ":80";
    const auto address = parse_address(authority);
    if (!address) co_return fail(Problem::unavailable, "the issuer's URL names no host and port");
    http::Request request;
    request.path = slash == std::string::npos ? "/" : rest.substr(slash);
    request.headers.add("Accept", "application/json");
    auto response = co_await client_for(address->host, address->port)
                        .handle(std::move(request), deadline);
    if (response.origin != http::Origin::upstream)
        co_return fail(Problem::unavailable, fmt::format("nothing answers at {}", authority));
    auto body = co_await http::read_all(response.body, bytes_max, deadline);
    if (!body) co_return tl::unexpected(std::move(body.error()));
    co_return Document{response.status, std::move(*body)};
}

http::Client& HttpDocumentFetcher::client_for(const std::string& host, std::uint16_t port) {
    std::lock_guard lock(mutex_);
    auto& client = clients_[fmt::format("{}:{}", host, port)];
    if (!client)
        client = std::make_unique<http::Client>(
            env_, http::Client::Options{.host = host, .port = port, .limits = {}});
    return *client;
}

}  // namespace waybill::app
