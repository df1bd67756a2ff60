#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waybill::auth {

/// An absolute `http` or `https` URL taken apart (RFC 3986), of the plain kind that documents live
/// at: no user information, no fragment, nothing but printable ASCII.
struct Url {
    bool secure = false;
    std::string host;  ///< without brackets
    std::uint16_t port = 0;
    std::string authority;  ///< as written, for `Host`
    std::string target;     ///< path and query, at least `/`

    static std::optional<Url> parse(std::string_view text);
    /// `localhost` or a loopback address, as written.
    bool loopback() const;
};

}  // namespace waybill::auth
