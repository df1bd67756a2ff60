#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/http/message.hpp"

namespace waybill::gateway {

/// Cross-origin rules of browsers (Fetch standard, section 3.2): only the console's own origins
/// are told that they may read an answer.
class Cors {
 public:
    explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

    /// Whether the request asks only for leave (`OPTIONS` with `Access-Control-Request-Method`).
    static bool is_preflight(const http::Request& request);
    /// 204 with what the console may do, or nothing when the origin is not the console's.
    std::optional<http::Response> preflight(const http::Request& request) const;
    /// The origin to be named in the answer; empty: none.
    std::string_view allowed_origin(const http::Request& request) const;
    static void allow(http::Headers& answer, std::string_view origin);

 private:
    const std::vector<std::string> origins_;
};

}  // namespace waybill::gateway
