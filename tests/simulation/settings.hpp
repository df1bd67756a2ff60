#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/time.hpp"

namespace waybill::simulation {

/// What the simulated platform is configured with. Times that a deployment counts in minutes and
/// hours are seconds here, so that a run sees them pass.
inline constexpr Duration reservation_deadline = std::chrono::seconds(6);
inline constexpr Duration confirmation_deadline = std::chrono::seconds(12);
inline constexpr Duration circuit_open = std::chrono::milliseconds(500);
inline const std::vector<Duration> retry_ladder{std::chrono::milliseconds(500),
                                                std::chrono::seconds(2), std::chrono::seconds(5)};

inline constexpr std::string_view host_and_port = "127.0.0.1:8080";

/// How many keys the issuer can change between.
inline constexpr std::size_t signing_keys = 2;

/// The issuer's private keys, PKCS #8: made once in a program, because making one takes long.
using SigningKeys = std::vector<std::string>;

}  // namespace waybill::simulation
