#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>

// The parser reports what it asserts as an error as well; an assertion would end the process on a
// malformed file.
#define TOML_EXCEPTIONS 0
#define TOML_ASSERT(expr) static_cast<void>(0)
#include <toml++/toml.h>

namespace waybill::app {

/// The whole file, or a sentence that names it.
tl::expected<std::string, std::string> read_text_file(const std::string& path);

/// Anything but printable ASCII, tabs and line ends: a sentence with the place, empty when there is
/// none. toml++ 3.3 has undefined behaviour on other letters in malformed text (its
/// is_unicode_whitespace), and what is malformed only the parser can tell: so none may reach it.
std::string toml_letter_fault(std::string_view text, const std::string& path);

}  // namespace waybill::app
