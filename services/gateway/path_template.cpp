#include "services/gateway/path_template.hpp"

#include <algorithm>

namespace waybill::gateway {
namespace {

constexpr std::string_view prefix_end = "/*";

std::string_view next_segment(std::string_view& path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash);
    return segment;
}

bool is_segment(std::string_view segment) {
    if (segment.empty() || segment.find('*') != std::string_view::npos) return false;
    const std::size_t open = segment.find('{');
    const std::size_t close = segment.find('}');
    if (open == std::string_view::npos) return close == std::string_view::npos;
    if (open != 0 || close == std::string_view::npos || close == 1) return false;
    const std::string_view suffix = segment.substr(close + 1);
    return suffix.empty() ||
           (suffix.starts_with(':') && suffix.find_first_of("{}") == std::string_view::npos);
}

/// Both as in a template: some text fits both.
bool segments_overlap(std::string_view a, std::string_view b) {
    const bool a_varies = a.starts_with('{');
    const bool b_varies = b.starts_with('{');
    if (!a_varies && !b_varies) return a == b;
    const std::string_view a_end = a_varies ? a.substr(a.find('}') + 1) : a;
    const std::string_view b_end = b_varies ? b.substr(b.find('}') + 1) : b;
    return a_end.ends_with(b_end) || b_end.ends_with(a_end);
}

}  // namespace

bool is_prefix_template(std::string_view path) {
    return path.ends_with(prefix_end);
}

bool is_path_template(std::string_view path) {
    if (!path.starts_with('/')) return false;
    if (path == "/" || path == prefix_end) return true;
    if (is_prefix_template(path)) {
        path.remove_suffix(prefix_end.size());
        if (path.find('{') != std::string_view::npos) return false;
    }
    while (!path.empty())
        if (!is_segment(next_segment(path))) return false;
    return true;
}

std::string shape_of(std::string_view path) {
    std::string shape;
    while (!path.empty()) {
        const std::string_view segment = next_segment(path);
        shape += '/';
        shape += segment.starts_with('{')
                     ? std::string("{}").append(segment.substr(segment.find('}') + 1))
                     : std::string(segment);
    }
    return shape;
}

bool overlap(std::string_view a, std::string_view b) {
    for (;;) {
        if (a == prefix_end || b == prefix_end) return true;
        if (a.empty() || b.empty()) return a.empty() && b.empty();
        if (!segments_overlap(next_segment(a), next_segment(b))) return false;
    }
}

std::string rewrite(std::string_view path, std::string_view strip, std::string_view add) {
    if (!strip.empty() && path.starts_with(strip) &&
        (path.size() == strip.size() || path[strip.size()] == '/'))
        path.remove_prefix(strip.size());
    std::string out(add);
    out += path;
    return out.empty() ? "/" : out;
}

}  // namespace waybill::gateway
