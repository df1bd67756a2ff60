#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/cli.hpp"
#include "chassis/base/json.hpp"

namespace waybill::app {

/// Dead letters as the API gives them, a row each.
std::string letters_table(const std::vector<std::string>& letters, std::size_t width);
/// One letter whole, for people.
std::string letter_text(const json::Value& letter);

/// `?status=dead&limit=100…` of a list.
std::string list_query(const Cli& cli, std::string_view cursor);
/// The bodies of the acts.
std::string replay_body(const Cli& cli);
std::string discard_body(const Cli& cli);

}  // namespace waybill::app
