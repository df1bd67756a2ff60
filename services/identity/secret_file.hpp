#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"

namespace waybill::identity {

/// The text of a secret's file; nothing when there is none. Refused when it is no plain file,
/// larger than 64 KiB, or accessible to others than its owner.
Result<std::optional<std::string>> read_secret_file(const std::string& path);

/// Writes the file whole or not at all: a temporary of mode 0600 beside it is synced, renamed, and
/// its folder synced.
Status write_secret_file(const std::string& path, std::string_view text);

}  // namespace waybill::identity
