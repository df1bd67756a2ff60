#pragma once
#include <string_view>

namespace waybill::app {

/// What `waybill help` prints.
extern const std::string_view overview;
/// Printed below a command's own help.
std::string_view examples_of(std::string_view command);
/// The command whose name is nearest; for "did you mean".
std::string_view nearest_command(std::string_view name);

}  // namespace waybill::app
