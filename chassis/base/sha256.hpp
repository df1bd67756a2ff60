#pragma once
#include <string>
#include <string_view>

namespace waybill {

/// SHA-256 (FIPS 180-4) of `text`, 32 bytes. Thread-safe.
std::string sha256(std::string_view text);
/// Its first 16 bytes: enough to tell texts apart that nobody can choose freely.
std::string sha256_short(std::string_view text);

}  // namespace waybill
