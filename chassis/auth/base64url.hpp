#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace waybill::auth {

/// RFC 4648 section 5 without padding.
std::string encode_base64url(std::string_view bytes);
/// Strict: no padding, white space or foreign letters, no impossible length, and the unused bits
/// of the last letter are zero, so that every value has exactly one encoding.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace waybill::auth
