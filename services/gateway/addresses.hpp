#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/http/message.hpp"

namespace waybill::gateway {

/// An IP address; IPv4 as IPv4-mapped IPv6.
struct Address {
    std::array<std::uint8_t, 16> bytes{};
    bool v4 = false;
    static std::optional<Address> parse(std::string_view text);
};

/// A block of addresses: `10.0.0.0/8`, `fd00::/8`, or one address.
struct AddressBlock {
    Address first;
    int prefix_bits = 128;  ///< of the 128
    static std::optional<AddressBlock> parse(std::string_view text);
    bool holds(const Address& address) const;
};

/// Finds who sent a request when it came through proxies: only hops that are trusted are believed.
class ClientAddresses {
 public:
    /// Blocks that do not parse are left out; check them before.
    explicit ClientAddresses(const std::vector<std::string>& trusted_proxies);

    /// Whether the connection's other end is a trusted proxy.
    bool trusts_peer(const http::Request& request) const;
    /// The last address of the chain in `X-Forwarded-For`, else `Forwarded`, that is no trusted
    /// proxy; the connection's other end when that is not trusted or the chain is unreadable.
    std::string client_of(const http::Request& request) const;

 private:
    bool trusted(std::string_view address) const;
    std::vector<AddressBlock> trusted_;
};

/// What a limit by address counts by: IPv6 clients own a /64 and count as one.
std::string limit_key(std::string_view address);

}  // namespace waybill::gateway
