#pragma once
#include <string>

#include "app/config.hpp"

namespace waybill::app {

/// `name = value  # source`, a line a property; secrets masked.
std::string effective_configuration(const Config& config);
/// A TOML file of every property with its meaning, commented out at its default.
std::string configuration_template();
/// The reference page, in Markdown.
std::string configuration_page();

}  // namespace waybill::app
