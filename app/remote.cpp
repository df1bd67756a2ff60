#include "app/remote.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace waybill::app {
namespace {

Result<std::string> url_of(const Cli& cli, int& exit_code) {
    if (!cli.url.empty()) return cli.url;
    const auto config = load_config(cli);
    if (!config) {
        exit_code = 2;
        return fail(Problem::validation_failed, "");
    }
    return local_url(*config);
}

std::string sentence_of(const Error& error) {
    std::string text = error.detail;
    for (const auto& fault : error.faults)
        text += fmt::format("; {} {}", fault.pointer, fault.message);
    return text;
}

}  // namespace

std::optional<Config> load_config(const Cli& cli) {
    auto config = Config::load(cli.sources());
    if (config) return std::move(*config);
    for (const auto& fault : config.error()) fmt::print(stderr, "waybill: {}\n", fault);
    return std::nullopt;
}

Result<std::string> local_url(const Config& config) {
    auto address = config.address("listen");
    if (address.port == 0)
        return fail(Problem::validation_failed,
                    "listen has port 0: say with --url where the instance answers");
    if (address.host == "0.0.0.0") address.host = "127.0.0.1";
    if (address.host == "::") address.host = "::1";
    const bool v6 = address.host.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}", v6 ? "[" : "", address.host, v6 ? "]" : "",
                       address.port);
}

std::optional<Remote> remote_of(const Cli& cli, int& exit_code) {
    exit_code = 1;
    auto url = url_of(cli, exit_code);
    if (!url) {
        if (!url.error().detail.empty()) complain(url.error());
        return std::nullopt;
    }
    Remote remote;
    remote.env = RealEnv::start(1);
    auto client = ApiClient::create(*remote.env, *url);
    if (!client) {
        exit_code = 2;
        complain(client.error());
        return std::nullopt;
    }
    remote.client = std::move(*client);
    return remote;
}

Result<std::string> token_of(const Cli& cli, ApiClient& client, const std::string& user) {
    if (!cli.token.empty()) return cli.token;
    if (!cli.token_file.empty()) {
        std::ifstream in(cli.token_file);
        std::string text((std::istreambuf_iterator<char>(in)), {});
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
        if (text.empty())
            return fail(Problem::validation_failed, cli.token_file + " holds no token");
        return text;
    }
    return client.development_token(cli.user.empty() ? user : cli.user, cli.password, cli.scope);
}

int complain(const Error& error) {
    std::string text = sentence_of(error);
    if (text.starts_with("nothing answers at")) text += "; start it with ./run";
    fmt::print(stderr, "waybill: {}\n", text);
    return 1;
}

}  // namespace waybill::app
