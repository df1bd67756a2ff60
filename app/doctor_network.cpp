#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "app/api_client.hpp"
#include "app/doctor.hpp"
#include "app/remote.hpp"
#include "chassis/base/json.hpp"
#include "services/identity/identity.hpp"

namespace waybill::app {
namespace {

constexpr Duration answer_time = std::chrono::seconds(3);

/// 0, or the errno of binding to the address.
int try_bind(const Address& address) {
    addrinfo hints{};
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(address.port);
    if (getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found) != 0) return EADDRNOTAVAIL;
    const int handle = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
    const int yes = 1;
    setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    int fault = 0;
    if (handle < 0 || bind(handle, found->ai_addr, found->ai_addrlen) != 0 ||
        listen(handle, 1) != 0)
        fault = errno;
    if (handle >= 0) close(handle);
    freeaddrinfo(found);
    return fault;
}

/// The version of the Waybill that answers there; empty: none does.
std::string version_at(const std::string& url, Env& env) {
    auto client = ApiClient::create(env, url);
    if (!client) return {};
    auto reply = (*client)->call("GET", "/version", {}, {}, answer_time);
    if (!reply || !reply->ok()) return {};
    const auto document = json::parse(reply->body);
    return document ? std::string(document->text_at("version")) : std::string();
}

Finding taken(const Config& config, Env& env, const std::string& listen) {
    if (const auto url = local_url(config); url)
        if (const auto version = version_at(*url, env); !version.empty())
            return {true, "listen", fmt::format("Waybill {} answers at {}", version, *url)};
    const std::string who = listener_of(config.address("listen").port);
    return {false, "listen",
            fmt::format("{} is taken by {}: stop it, or use another port with --listen", listen,
                        who.empty() ? "another process" : who)};
}

/// Whether a URL answers with 200, over `http://`.
Finding answers(const std::string& part, const std::string& url, const std::string& path,
                Env& env) {
    if (!url.starts_with("http://"))
        return {false, part,
                url +
                    ": https:// needs TLS, which this build lacks; put a proxy "
                    "on this machine before it"};
    const auto slash = url.find('/', std::string_view("http://").size());
    const std::string below = slash == std::string::npos ? "" : url.substr(slash);
    auto client = ApiClient::create(env, url.substr(0, slash));
    if (!client) return {false, part, url + " is no http://host:port"};
    auto reply = (*client)->call("GET", below + path, {}, {}, answer_time);
    if (!reply)
        return {false, part,
                fmt::format("{}: {}: start it, or correct the URL", url, reply.error().detail)};
    if (!reply->ok())
        return {false, part, fmt::format("{}{} answers {}", url, path, reply->status)};
    return {true, part, url + " answers"};
}

}  // namespace

void check_listen(const Config& config, Env& env, Findings& findings) {
    const std::string& listen = config.text("listen");
    const auto services = config.list("services");
    const bool with_identity =
        services.empty() || services.front() == "all" ||
        std::find(services.begin(), services.end(), "identity") != services.end();
    const auto address = config.address("listen");
    if (with_identity)
        if (const auto safe =
                identity::check_listen(address.host, config.boolean("identity.allow_remote"));
            !safe)
            findings.push_back({false, "identity", safe.error().detail});
    const int fault = try_bind(address);
    if (fault == 0)
        findings.push_back({true, "listen", listen + " is free"});
    else if (fault == EADDRINUSE)
        findings.push_back(taken(config, env, listen));
    else
        findings.push_back({false, "listen",
                            fmt::format("{}: {}: name an address of this machine with --listen, "
                                        "and a port this user may have",
                                        listen, std::strerror(fault))});
}

void check_others(const Config& config, Env& env, Findings& findings) {
    if (const auto& issuer = config.text("auth.issuer"); !issuer.empty())
        findings.push_back(answers("issuer", issuer, "/.well-known/openid-configuration", env));
    for (const auto& property : properties()) {
        if (!property.name.starts_with("gateway.upstreams.")) continue;
        const auto& url = config.text(property.name);
        if (url.empty()) continue;
        const auto service = property.name.substr(std::string_view("gateway.upstreams.").size());
        findings.push_back(answers(fmt::format("upstream {}", service), url, "/health/live", env));
    }
}

}  // namespace waybill::app
