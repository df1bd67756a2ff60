#pragma once
#include <string>
#include <string_view>

namespace waybill {

/// Appends `text` so that it stands for itself in HTML: between tags, and in an attribute within
/// quotes of either kind (HTML Living Standard, 13.1.4 and 13.1.2.3).
void append_html(std::string& out, std::string_view text);

}  // namespace waybill
