#include "chassis/http/routes.hpp"

#include <algorithm>

#include "chassis/base/check.hpp"
#include "chassis/http/wire.hpp"

namespace waybill::http {
namespace {

/// A literal, or `{name}` with an optional literal suffix (`{id}` or `{id}:replay`).
bool is_template_segment(std::string_view segment) {
    if (segment.empty()) return false;
    const std::size_t open = segment.find('{');
    if (open == std::string_view::npos) return segment.find('}') == std::string_view::npos;
    const std::size_t close = segment.find('}');
    const std::string_view suffix =
        close == std::string_view::npos ? std::string_view() : segment.substr(close + 1);
    return open == 0 && close != std::string_view::npos && close > 1 &&
           (suffix.empty() ||
            (suffix.starts_with(':') && suffix.find('{') == std::string_view::npos));
}

bool is_template(std::string_view path) {
    if (path == "/") return true;
    if (!path.starts_with('/')) return false;
    for (;;) {
        path.remove_prefix(1);
        const std::size_t slash = path.find('/');
        if (!is_template_segment(path.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        path.remove_prefix(slash);
    }
}

}  // namespace

const std::string& Call::parameter(std::string_view name) const {
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    CHECK(found != parameters.end());
    return found->second;
}

void Routes::add(std::string method, std::string path, RouteSpec spec, RouteHandler handler) {
    CHECK(is_token(method));
    CHECK(is_template(path));
    CHECK(!spec.scope.empty());
    CHECK(handler != nullptr);
    const bool repeated = std::any_of(routes_.begin(), routes_.end(), [&](const Route& known) {
        return known.method == method && known.path == path;
    });
    CHECK(!repeated);
    routes_.push_back(
        {std::move(method), std::move(path), std::move(spec), std::move(handler), service_});
}

}  // namespace waybill::http
