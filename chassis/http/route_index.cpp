#include <algorithm>
#include <map>

#include "chassis/base/check.hpp"
#include "chassis/http/routes.hpp"
#include "chassis/http/wire.hpp"

namespace waybill::http {
namespace {

/// The path is normalised, so every escape in it is well-formed.
std::string decode(std::string_view segment) {
    std::string out;
    out.reserve(segment.size());
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (segment[i] == '%' && i + 2 < segment.size()) {
            out += static_cast<char>(hex_value(segment[i + 1]) * 16 + hex_value(segment[i + 2]));
            i += 2;
        } else {
            out += segment[i];
        }
    }
    return out;
}

std::string_view next_segment(std::string_view& path) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    return segment;
}

}  // namespace

/// One segment deep. Parameters that differ only in their name are the same place; a suffix makes
/// a place of its own, and is tried before the bare parameter.
struct RouteIndex::Node {
    struct Variable {
        std::string suffix;
        std::unique_ptr<Node> node;
    };
    struct End {
        const Route* route;
        std::vector<std::string_view> names;  ///< of the parameters, in order
    };
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::vector<Variable> variables;  ///< longest suffix first
    std::vector<End> ends;            ///< a route for each method

    Node& variable(std::string_view suffix) {
        for (Variable& known : variables)
            if (known.suffix == suffix) return *known.node;
        const auto at = std::find_if(variables.begin(), variables.end(), [&](const Variable& v) {
            return v.suffix.size() < suffix.size();
        });
        return *variables.insert(at, {std::string(suffix), std::make_unique<Node>()})->node;
    }

    void insert(const Route& route) {
        Node* node = this;
        std::vector<std::string_view> names;
        for (std::string_view rest = std::string_view(route.path).substr(1); !rest.empty();) {
            const std::string_view segment = next_segment(rest);
            if (segment.starts_with('{')) {
                const std::size_t close = segment.find('}');
                names.push_back(segment.substr(1, close - 1));
                node = &node->variable(segment.substr(close + 1));
            } else {
                auto& child = node->literals[std::string(segment)];
                if (!child) child = std::make_unique<Node>();
                node = child.get();
            }
        }
        for (const End& end : node->ends) CHECK(end.route->method != route.method);
        node->ends.push_back({&route, std::move(names)});
    }

    /// The place for `rest`, literals first; `values`, if any, gets the parameters.
    const Node* find(std::string_view rest, std::vector<std::string_view>* values) const {
        if (rest.empty()) return ends.empty() ? nullptr : this;
        const std::string_view segment = next_segment(rest);
        if (segment.empty()) return nullptr;
        if (const auto literal = literals.find(segment); literal != literals.end())
            if (const Node* found = literal->second->find(rest, values)) return found;
        for (const Variable& choice : variables) {
            if (!segment.ends_with(choice.suffix) || segment.size() == choice.suffix.size())
                continue;
            if (values != nullptr)
                values->push_back(segment.substr(0, segment.size() - choice.suffix.size()));
            if (const Node* found = choice.node->find(rest, values)) return found;
            if (values != nullptr) values->pop_back();
        }
        return nullptr;
    }

    /// HEAD is GET without a body.
    const End* end(std::string_view method) const {
        for (const End& known : ends)
            if (known.route->method == method) return &known;
        return method == "HEAD" ? end("GET") : nullptr;
    }

    std::string allow() const {
        std::string list;
        for (const End& known : ends) {
            list += (list.empty() ? "" : ", ") + known.route->method;
            if (known.route->method == "GET") list += ", HEAD";
        }
        return list;
    }
};

RouteIndex::RouteIndex(std::vector<const Route*> routes) : root_(std::make_unique<Node>()) {
    for (const Route* route : routes) root_->insert(*route);
}

RouteIndex::~RouteIndex() = default;

/// A template has no trailing slash, so neither has a path that fits one.
const RouteIndex::Node* RouteIndex::node_of(std::string_view path,
                                            std::vector<std::string_view>* values) const {
    if (!path.starts_with('/') || (path.size() > 1 && path.ends_with('/'))) return nullptr;
    return root_->find(path.substr(1), values);
}

const Route* RouteIndex::find_route(std::string_view method, std::string_view path) const {
    const Node* node = node_of(path, nullptr);
    const Node::End* end = node == nullptr ? nullptr : node->end(method);
    return end == nullptr ? nullptr : end->route;
}

RouteIndex::Match RouteIndex::find(std::string_view method, std::string_view path) const {
    Match match;
    std::vector<std::string_view> values;
    const Node* node = node_of(path, &values);
    if (node == nullptr) return match;
    const Node::End* end = node->end(method);
    if (end == nullptr) {
        match.allow = node->allow();
        return match;
    }
    match.route = end->route;
    for (std::size_t i = 0; i < values.size(); ++i)
        match.parameters.emplace_back(end->names[i], decode(values[i]));
    return match;
}

}  // namespace waybill::http
