#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/http/client.hpp"
#include "chassis/http/message.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::app {

/// What a request came back with.
struct ApiReply {
    std::uint16_t status = 0;
    http::Headers headers;
    std::string body;
    http::Origin origin = http::Origin::upstream;
    bool ok() const { return status >= 200 && status < 300; }
    /// The answer's problem in a line: `409 illegal-transition: …`.
    std::string failure() const;
};

/// Calls a running Waybill for the command line. Blocking; not to be used on a loop's thread.
class ApiClient {
 public:
    using Fields = std::vector<std::pair<std::string, std::string>>;
    /// Where `http://host[:port]` is; an error when it is none such.
    static Result<http::Client::Options> address_of(const std::string& url);
    /// `url`: `http://host:port`. An error when it is none.
    static Result<std::unique_ptr<ApiClient>> create(Env& env, const std::string& url);

    /// One request; unavailable when nothing answers at the URL.
    Result<ApiReply> call(const std::string& method, const std::string& target,
                          std::string body = {}, Fields fields = {},
                          Duration limit = std::chrono::seconds(15));
    /// From now on requests carry this bearer token.
    void use_token(std::string token) { token_ = std::move(token); }
    /// The password grant of the development identity (`waybill-cli`); an empty scope asks for all
    /// that the user's role allows.
    Result<std::string> development_token(const std::string& user, const std::string& password,
                                          const std::string& scope);
    const std::string& url() const { return url_; }

 private:
    ApiClient(Env& env, std::string url, http::Client::Options options)
        : env_(env), url_(std::move(url)), client_(env, std::move(options)) {}
    Env& env_;
    std::string url_;
    std::string token_;
    http::Client client_;
};

}  // namespace waybill::app
