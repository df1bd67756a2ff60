#pragma once
#include <string>
#include <string_view>

namespace waybill::gateway {

/// `/v1/orders/{id}`, `/v1/dead-letters/{id}:replay`, or with `/*` at its end.
bool is_path_template(std::string_view path);
bool is_prefix_template(std::string_view path);

/// The template without the names of its parameters: equal shapes match equal paths.
std::string shape_of(std::string_view path);

/// Whether some path matches both templates.
bool overlap(std::string_view a, std::string_view b);

/// `path`, a path or a template, with `strip` taken off its front, when it is there as whole
/// segments, and `add` put before it. Never empty.
std::string rewrite(std::string_view path, std::string_view strip, std::string_view add);

}  // namespace waybill::gateway
