#include "services/gateway/transform.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chassis/resilience/deadline.hpp"
#include "services/gateway/client_fields.hpp"
#include "services/gateway/path_template.hpp"

namespace waybill::gateway {
namespace {

constexpr std::string_view unreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (unreserved.find(c) != std::string_view::npos)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
}

/// The parameter's name with its escapes read, so that `%69d` is `id`.
std::string name_of(std::string_view parameter) {
    const auto query = http::Query::parse(parameter.substr(0, parameter.find('=')));
    return query && !query->all().empty() ? query->all().front().first : std::string{};
}

/// `query` with the parameters of these names replaced.
std::string with_parameters(std::string_view query, const FieldList& set) {
    std::string out;
    const auto separate = [&] {
        if (!out.empty()) out += '&';
    };
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view parameter = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::string name = name_of(parameter);
        if (std::any_of(set.begin(), set.end(),
                        [&](const auto& field) { return field.first == name; }))
            continue;
        separate();
        out += parameter;
    }
    for (const auto& [name, value] : set) {
        separate();
        append_escaped(out, name);
        out += '=';
        append_escaped(out, value);
    }
    return out;
}

/// Adds `value` at the end of a list field.
void append_to_list(http::Headers& headers, std::string_view name, std::string_view value) {
    if (!headers.get(name)) {
        headers.add(name, value);
        return;
    }
    std::string list;
    for (std::size_t i = 0; i < headers.size(); ++i)
        if (http::equal_ignoring_case(headers.at(i).name, name))
            list.append(headers.at(i).value).append(", ");
    headers.set(name, list.append(value));
}

std::string hop_of(const http::Request& request, std::string_view scheme, std::string_view host) {
    const bool v6 = request.peer_address.find(':') != std::string::npos;
    std::string hop;
    hop.reserve(request.peer_address.size() + host.size() + 32);
    hop.append(v6 ? "for=\"[" : "for=").append(request.peer_address).append(v6 ? "]\"" : "");
    hop.append(";host=\"").append(host).append("\";proto=").append(scheme);
    return hop;
}

/// Tells the way so far; what an untrusted peer told of it has been stripped.
void put_way(http::Request& request) {
    http::Headers& headers = request.headers;
    const std::string_view scheme = request.secure ? "https" : "http";
    const std::string host(headers.get("Host").value_or(""));
    append_to_list(headers, "Forwarded", hop_of(request, scheme, host));
    append_to_list(headers, "X-Forwarded-For", request.peer_address);
    if (!headers.get("X-Forwarded-Proto")) headers.add("X-Forwarded-Proto", scheme);
    if (!headers.get("X-Forwarded-Host")) headers.add("X-Forwarded-Host", host);
}

}  // namespace

void Transform::request(Exchange& exchange) const {
    http::Request& request = exchange.request;
    const GatewayRoute& route = exchange.lane->route;
    if (!route.strip_prefix.empty() || !route.add_prefix.empty())
        request.path = rewrite(request.path, route.strip_prefix, route.add_prefix);
    if (!route.set_query.empty()) request.query = with_parameters(request.query, route.set_query);
    for (const std::string& name : route.remove_headers) request.headers.remove(name);
    for (const auto& [name, value] : route.set_headers) request.headers.set(name, value);
    put_way(request);
    append_to_list(request.headers, "Via", via_);
    request.headers.set("Request-Timeout",
                        resilience::format_request_timeout(exchange.deadline.left(exchange.now)));
    request.trace = exchange.trace;
}

void Transform::answer(const Exchange& exchange, http::Response& response) const {
    strip_answer_fields(response.headers);
    if (!exchange.lane) return;
    for (const auto& [name, value] : exchange.lane->route.set_response_headers)
        response.headers.set(name, value);
}

}  // namespace waybill::gateway
