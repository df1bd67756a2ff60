#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace waybill::auth {

/// The signature algorithms that exist here (RFC 7518, RFC 8037). `none` and the symmetric ones
/// cannot be named, so they cannot be chosen.
enum class Algorithm : std::uint8_t { rs256, ps256, es256, eddsa };

/// Exact, case-sensitive names: `RS256`, `PS256`, `ES256`, `EdDSA`.
std::optional<Algorithm> parse_algorithm(std::string_view name);
std::string_view name(Algorithm);

}  // namespace waybill::auth
