#include "services/identity/replies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "chassis/base/json_writer.hpp"

namespace waybill::identity {
namespace {

constexpr std::chrono::seconds come_back{1};
constexpr std::string_view form_type = "application/x-www-form-urlencoded";

bool is_form(const http::Request& request) {
    const auto type = request.headers.get("Content-Type");
    if (!type) return false;
    auto media = type->substr(0, type->find(';'));
    while (media.ends_with(' ')) media.remove_suffix(1);
    return http::equal_ignoring_case(media, form_type);
}

void never_store(http::Response& response) {
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("Pragma", "no-cache");
}

}  // namespace

tl::unexpected<OauthError> refused(const Error& error) {
    if (error.problem == Problem::internal_error)
        return tl::unexpected<OauthError>({"server_error", "The issuer failed.", 500, {}});
    OauthError told{"temporarily_unavailable", error.detail, 503,
                    error.retry_after.value_or(come_back)};
    return tl::unexpected<OauthError>(std::move(told));
}

http::Response to_response(const OauthError& error) {
    std::string body;
    json::Writer out(body);
    out.begin_object();
    out.plain_key("error").string(error.code);
    out.plain_key("error_description").string(error.description);
    out.end_object();
    auto response = json_reply(std::move(body), error.status);
    if (error.status == 401)
        response.headers.set("WWW-Authenticate", R"(Basic realm="waybill", charset="UTF-8")");
    if (error.retry_after)
        response.headers.set("Retry-After", fmt::format("{}", error.retry_after->count()));
    return response;
}

http::Response json_reply(std::string body, std::uint16_t status) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    never_store(response);
    response.body = http::Body(std::move(body));
    return response;
}

http::Response empty_reply(std::uint16_t status) {
    http::Response response;
    response.status = status;
    never_store(response);
    return response;
}

http::Response redirect(std::uint16_t status, std::string_view location) {
    auto response = empty_reply(status);
    response.headers.set("Location", location);
    return response;
}

OauthResult<Form> Form::of(http::Query query) {
    const auto& all = query.all();
    for (auto one = all.begin(); one != all.end(); ++one)
        if (std::any_of(all.begin(), one, [&](const auto& o) { return o.first == one->first; }))
            return refused("invalid_request", "A parameter is given more than once.");
    return Form(std::move(query));
}

OauthResult<Form> Form::of(const http::Call& call) {
    if (!is_form(call.request))
        return refused("invalid_request", fmt::format("The body must be {}.", form_type));
    auto query = http::Query::parse(call.body);
    if (!query) return refused("invalid_request", "The body is no well-formed form.");
    return of(std::move(*query));
}

std::string_view Form::get(std::string_view name) const {
    return query_.get(name).value_or(std::string_view());
}

std::string url_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 &&
            (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos))
            out += c;
        else
            out += fmt::format("%{:02X}", byte);
    }
    return out;
}

void add_parameter(std::string& uri, std::string_view name, std::string_view value) {
    uri += uri.find('?') == std::string::npos ? '?' : '&';
    uri += fmt::format("{}={}", name, url_encoded(value));
}

}  // namespace waybill::identity
