#pragma once
#include <string_view>

#include "chassis/base/error.hpp"
#include "services/notifications/notification.hpp"

namespace waybill::notifications {

inline constexpr const char* locale_rule = "must be a language tag such as en or de-AT";

/// A language, then parts of letters and digits behind hyphens (the form of BCP 47).
bool is_locale(std::string_view text);

/// Whether addresses and locale can be used: all faults at once. An address is not proven to
/// exist, only to be one.
Status check_addresses(const Preferences& preferences);

}  // namespace waybill::notifications
