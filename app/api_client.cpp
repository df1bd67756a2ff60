#include "app/api_client.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <future>

#include "app/property.hpp"
#include "chassis/base/json.hpp"
#include "chassis/runtime/async.hpp"

namespace waybill::app {
namespace {

std::string form_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                           (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
        if (plain)
            out.push_back(c);
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

Task<void> send(http::Client& client, http::Request request, Deadline deadline,
                std::promise<Result<ApiReply>>& done) {
    auto response = co_await client.handle(std::move(request), deadline);
    auto body = co_await http::read_all(response.body, std::size_t{256} << 20U, deadline);
    if (!body)
        done.set_value(tl::unexpected(std::move(body.error())));
    else
        done.set_value(ApiReply{response.status, std::move(response.headers), std::move(*body),
                                response.origin});
}

}  // namespace

std::string ApiReply::failure() const {
    auto document = json::parse(body, {.bytes_max = std::size_t{16} << 20U});
    if (!document) return fmt::format("HTTP {}", status);
    std::string_view type = document->text_at("type");
    if (type.empty())
        return fmt::format("HTTP {} {} {}", status, document->text_at("error"),
                           document->text_at("error_description"));
    if (type.starts_with("/problems/")) type.remove_prefix(10);
    std::string line = fmt::format("{} {}: {}", status, type, document->text_at("detail"));
    if (const auto* errors = document->find("errors"))
        for (const auto& fault : errors->items())
            line += fmt::format("; {} {}", fault.text_at("pointer"), fault.text_at("message"));
    return line;
}

Result<http::Client::Options> ApiClient::address_of(const std::string& url) {
    std::string_view rest = url;
    while (rest.ends_with('/')) rest.remove_suffix(1);
    if (!rest.starts_with("http://"))
        return invalid("--url", "must be http://host:port; TLS is the load balancer's");
    rest.remove_prefix(7);
    const bool has_port = rest.rfind(':') != std::string_view::npos && !rest.ends_with(']');
    auto address = parse_address(has_port ? std::string(rest) : std::string(rest) + ":80");
    if (!address) return invalid("--url", "must be http://host:port");
    return http::Client::Options{.host = address->host, .port = address->port, .limits = {}};
}

Result<std::unique_ptr<ApiClient>> ApiClient::create(Env& env, const std::string& url) {
    auto options = address_of(url);
    if (!options) return tl::unexpected(std::move(options.error()));
    std::string trimmed = url;
    while (trimmed.ends_with('/')) trimmed.pop_back();
    return std::unique_ptr<ApiClient>(new ApiClient(env, std::move(trimmed), std::move(*options)));
}

Result<ApiReply> ApiClient::call(const std::string& method, const std::string& target,
                                 std::string body, Fields fields, Duration limit) {
    http::Request request;
    request.method = method;
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = target.substr(question + 1);
    bool typed = false;
    for (const auto& [name, value] : fields) {
        typed = typed || http::equal_ignoring_case(name, "Content-Type");
        request.headers.add(name, value);
    }
    if (!token_.empty()) request.headers.add("Authorization", "Bearer " + token_);
    if (!body.empty() && !typed) request.headers.add("Content-Type", "application/json");
    request.body = std::move(body);
    std::promise<Result<ApiReply>> done;
    boost::asio::co_spawn(
        env_.loop(0).executor(),
        send(client_, std::move(request), Deadline::after(env_.monotonic(), limit), done),
        [&done](std::exception_ptr failed) {
            if (failed) done.set_exception(failed);
        });
    auto reply = done.get_future().get();
    if (reply && reply->origin == http::Origin::connect_failed)
        return fail(Problem::unavailable, "nothing answers at " + url_);
    return reply;
}

Result<std::string> ApiClient::development_token(const std::string& user,
                                                 const std::string& password,
                                                 const std::string& scope) {
    std::string form =
        fmt::format("grant_type=password&client_id=waybill-cli&username={}&password={}",
                    form_encoded(user), form_encoded(password));
    if (!scope.empty()) form += "&scope=" + form_encoded(scope);
    auto reply = call("POST", "/realms/waybill/protocol/openid-connect/token", std::move(form),
                      {{"Content-Type", "application/x-www-form-urlencoded"}});
    if (!reply) return tl::unexpected(std::move(reply.error()));
    if (reply->status == 404)
        return fail(
            Problem::unauthorized,
            fmt::format("the development identity does not run at {}: name its process with "
                        "--url, or give a token with --token",
                        url_));
    if (!reply->ok()) return fail(Problem::unauthorized, reply->failure());
    auto document = json::parse(reply->body);
    if (!document) return tl::unexpected(std::move(document.error()));
    return std::string(document->text_at("access_token"));
}

}  // namespace waybill::app
